package lotsenwerk;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** The seats of one compound move and what they get; what all kinds of moves have in common. */
class Draft {
    static final int MOST_SEATS = 64;
    private static final int LOOK_AT = 24;

    final Random random;
    final Seat[] seats = new Seat[MOST_SEATS];
    final Choice[] choices = new Choice[MOST_SEATS];
    final Seat[] ignored = new Seat[1];
    Tally tally;
    int count;
    int lastCost;

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

    boolean fitsWithout(Choice choice, Seat seat) {
        ignored[0] = seat;
        return tally.fits(choice, ignored, 1);
    }

    Choice anyFitting(Seat seat, int option) {
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

    Choice bestFit(Seat seat, int not) {
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
    Seat pick() {
        Seat seat = any(tally.seats);
        if (seat.choice != null && random.nextInt(3) == 0) {
            for (int i = 0; i < 8 && seat.choice != null; i++) {
                seat = any(tally.seats);
            }
        }
        return seat;
    }

    Seat any(Seat[] all) {
        return all[random.nextInt(all.length)];
    }

    Choice any(List<Choice> all) {
        return all.get(random.nextInt(all.size()));
    }

    void put(Seat seat, Choice choice) {
        seats[count] = seat;
        choices[count++] = choice;
    }

    boolean drafted(Seat seat) {
        for (int i = 0; i < count; i++) {
            if (seats[i] == seat) {
                return true;
            }
        }
        return false;
    }

    boolean target(int volunteer) {
        for (int i = 0; i < count; i++) {
            if (choices[i] != null && choices[i].volunteer == volunteer) {
                return true;
            }
        }
        return false;
    }

    static boolean waitsForTeam(Seat seat) {
        return seat.team >= 0 && seat.choice == null;
    }

    static boolean sameTeam(Seat one, Seat other) {
        return one.team >= 0 && one.team == other.team;
    }

    static boolean sameDate(Seat seat, Choice next) {
        return seat.dateGroup < 0 || seat.choice == null || seat.choice.option == next.option;
    }
}
