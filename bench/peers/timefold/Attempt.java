package lotsenwerk;

import java.util.Random;

/** Puts one compound move together; each kind gives false when it came to nothing. */
final class Attempt extends Draft {
    private static final int MOST_EJECTED = 20;
    private static final int LEAVE_OPEN = 50;

    Attempt(Random random) {
        super(random);
    }

    /** One seat gets another choice, or now and then nobody. */
    boolean change() {
        Seat seat = pick();
        if (waitsForTeam(seat)) {
            return false;
        }
        boolean leave = seat.choice != null && random.nextInt(LEAVE_OPEN) == 0;
        Choice choice = leave ? null : any(seat.choices);
        if (choice == seat.choice || (seat.choice == null && !tally.allowed(seat))) {
            return false;
        }
        put(seat, choice);
        return choice != null || emptyTeamOf(seat);
    }

    /** A seat takes a volunteer; those it drives out go to their next best. */
    boolean chain() {
        Seat seat = pick();
        if (waitsForTeam(seat) || (seat.choice == null && !tally.allowed(seat))) {
            return false;
        }
        Choice choice = any(seat.choices);
        if (choice == seat.choice) {
            return false;
        }
        put(seat, choice);
        return ejectClashes(seat, choice) && ejectForCaps(seat, choice) && resettle(seat);
    }

    private boolean ejectClashes(Seat seat, Choice choice) {
        Seat[] own = tally.seatsOf[choice.volunteer];
        for (int i = 0; i < tally.held[choice.volunteer]; i++) {
            if (own[i] != seat && tally.instance.clash(choice, own[i].choice)) {
                if (sameTeam(own[i], seat) || count > MOST_EJECTED) {
                    return false;
                }
                put(own[i], null);
            }
        }
        return true;
    }

    private boolean ejectForCaps(Seat seat, Choice choice) {
        Seat[] own = tally.seatsOf[choice.volunteer];
        int held = tally.held[choice.volunteer];
        for (int i = 0; i < choice.caps.length; i++) {
            int cap = choice.caps[i];
            int excess = tally.excess(cap, choice.amounts[i]) - freed(cap);
            int from = held == 0 ? 0 : random.nextInt(held);
            for (int j = 0; j < held && excess > 0; j++) {
                Seat other = own[(from + j) % held];
                int amount = other.choice.amountOf(cap);
                if (amount > 0 && !drafted(other)) {
                    if (sameTeam(other, seat) || count > MOST_EJECTED) {
                        return false;
                    }
                    put(other, null);
                    excess -= amount;
                }
            }
            if (excess > 0) {
                return false;
            }
        }
        return true;
    }

    private int freed(int cap) {
        int sum = 0;
        for (int i = 0; i < count; i++) {
            sum += seats[i].choice == null ? 0 : seats[i].choice.amountOf(cap);
        }
        return sum;
    }

    /** Finds a new choice for all that were driven out, also with the volunteer set free. */
    private boolean resettle(Seat seat) {
        int ejected = count;
        for (int i = 1; i < ejected; i++) {
            Seat other = seats[i];
            Choice next = bestFit(other, choices[0].volunteer);
            int cost = lastCost;
            Choice back = seat.choice == null ? null : other.choiceOf(seat.choice.volunteer);
            if (back != null && !target(back.volunteer) && fitsWithout(back, seat)) {
                int freed = back.load == seat.choice.load ? seat.choice.minutes() : 0;
                if (next == null || tally.marginal(back, freed) < cost) {
                    next = back;
                }
            }
            if (next != null && sameDate(other, next)) {
                choices[i] = next;
            } else if (!emptyTeamOf(other)) {
                return false;
            }
        }
        return true;
    }

    /** Two seats exchange their volunteers. */
    boolean swap() {
        Seat seat = pick();
        if (seat.choice == null) {
            return false;
        }
        Choice choice = any(seat.choices);
        int person = choice.volunteer;
        if (person == seat.choice.volunteer) {
            return false;
        }
        put(seat, choice);
        if (tally.held[person] == 0) {
            return true;
        }
        Seat other = partner(choice);
        Choice back = other.choiceOf(seat.choice.volunteer);
        if (sameTeam(other, seat) || back == null) {
            return false;
        }
        put(other, back);
        return true;
    }

    /** Gives a seat of the volunteer that clashes with the choice, else any of hers. */
    private Seat partner(Choice choice) {
        Seat[] own = tally.seatsOf[choice.volunteer];
        int held = tally.held[choice.volunteer];
        int from = random.nextInt(held);
        for (int i = 0; i < held; i++) {
            Seat seat = own[(from + i) % held];
            if (tally.instance.clash(choice, seat.choice)) {
                return seat;
            }
        }
        return own[from];
    }

    /** A team is filled as a whole, or now and then given up. */
    boolean team() {
        int[][] teams = tally.instance.teams;
        if (teams.length == 0) {
            return false;
        }
        int number = random.nextInt(teams.length);
        int[] members = teams[number];
        Seat first = tally.seats[members[0]];
        if (tally.teamFilled[number] == members.length) {
            return random.nextInt(4) == 0 && give(members);
        }
        int option = first.dateGroup < 0 ? -1 : random.nextInt(tally.instance.options);
        for (int member : members) {
            Seat seat = tally.seats[member];
            if (seat.choice == null || (option >= 0 && seat.choice.option != option)) {
                Choice choice = anyFitting(seat, option);
                if (choice == null) {
                    return false;
                }
                put(seat, choice);
            }
        }
        return count > 0;
    }

    private boolean give(int[] members) {
        for (int member : members) {
            put(tally.seats[member], null);
        }
        return true;
    }

    /** One seat goes to the cheapest of some volunteers who have room. */
    boolean cheapest() {
        Seat seat = pick();
        if (waitsForTeam(seat) || (seat.choice == null && !tally.allowed(seat))) {
            return false;
        }
        int not = seat.choice == null ? -1 : seat.choice.volunteer;
        Choice choice = bestFit(seat, not);
        if (choice == null) {
            return false;
        }
        put(seat, choice);
        return true;
    }

    /** Leaves the rest of a team open once one of it is; a seat on its own needs nothing. */
    private boolean emptyTeamOf(Seat seat) {
        if (seat.team < 0) {
            return true;
        }
        for (int member : tally.instance.teams[seat.team]) {
            Seat other = tally.seats[member];
            if (!drafted(other) && other.choice != null) {
                if (count >= MOST_SEATS - 1) {
                    return false;
                }
                put(other, null);
            }
        }
        return true;
    }
}
