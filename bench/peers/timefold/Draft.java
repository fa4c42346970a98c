package lotsenwerk;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Puts one compound move together; each kind gives false when it came to nothing. */
final class Draft {
    private static final int MOST_SEATS = 64;
    private static final int MOST_EJECTED = 20;
    private static final int LOOK_AT = 24;
    private static final int LEAVE_OPEN = 50;

    private final Random random;
    private final Seat[] seats = new Seat[MOST_SEATS];
    private final Choice[] choices = new Choice[MOST_SEATS];
    private final Seat[] ignored = new Seat[1];
    private Tally tally;
    private int count;
    private int lastCost;

    Draft(Random random) {
        this.random = random;
    }

    void start(Tally current) {
        tally = current;
        count = 0;
    }

    Reassignment move() {
        return new Reassignment(Arrays.copyOf(seats, count), Arrays.copyOf(choices, count));
    }

    /** Changes nothing: what is left when every attempt failed. */
    void keep() {
        put(tally.seats[0], tally.seats[0].choice);
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

    private boolean fitsWithout(Choice choice, Seat seat) {
        ignored[0] = seat;
        return tally.fits(choice, ignored, 1);
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

    private Choice anyFitting(Seat seat, int option) {
        List<Choice> all = seat.choices;
        if (all.isEmpty() || !tally.allowed(seat)) {
            return null;
        }
        int from = random.nextInt(all.size());
        for (int i = 0; i < all.size(); i++) {
            Choice choice = all.get((from + i) % all.size());
            boolean suits = option < 0 || choice.option == option;
            if (suits && !target(choice.volunteer) && fitsWithout(choice, seat)) {
                return choice;
            }
        }
        return null;
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

    private Choice bestFit(Seat seat, int not) {
        List<Choice> all = seat.choices;
        Choice best = null;
        lastCost = Integer.MAX_VALUE;
        int looks = Math.min(LOOK_AT, all.size());
        int from = all.size() > looks ? random.nextInt(all.size()) : 0;
        for (int i = 0; i < looks; i++) {
            Choice choice = all.get((from + i) % all.size());
            if (choice.volunteer == not || choice == seat.choice) {
                continue;
            }
            int cost = tally.marginal(choice, 0);
            if (cost < lastCost && !target(choice.volunteer) && tally.fits(choice, ignored, 0)) {
                lastCost = cost;
                best = choice;
            }
        }
        return best;
    }

    /** Gives a random seat, an open one more often than its share. */
    private Seat pick() {
        Seat seat = any(tally.seats);
        if (seat.choice != null && random.nextInt(3) == 0) {
            for (int i = 0; i < 8 && seat.choice != null; i++) {
                seat = any(tally.seats);
            }
        }
        return seat;
    }

    private Seat any(Seat[] all) {
        return all[random.nextInt(all.length)];
    }

    private Choice any(List<Choice> all) {
        return all.get(random.nextInt(all.size()));
    }

    private void put(Seat seat, Choice choice) {
        seats[count] = seat;
        choices[count++] = choice;
    }

    private boolean drafted(Seat seat) {
        for (int i = 0; i < count; i++) {
            if (seats[i] == seat) {
                return true;
            }
        }
        return false;
    }

    private boolean target(int volunteer) {
        for (int i = 0; i < count; i++) {
            if (choices[i] != null && choices[i].volunteer == volunteer) {
                return true;
            }
        }
        return false;
    }

    private static boolean waitsForTeam(Seat seat) {
        return seat.team >= 0 && seat.choice == null;
    }

    private static boolean sameTeam(Seat one, Seat other) {
        return one.team >= 0 && one.team == other.team;
    }

    private static boolean sameDate(Seat seat, Choice next) {
        return seat.dateGroup < 0 || seat.choice == null || seat.choice.option == next.option;
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
