package lotsenwerk;

import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import ai.timefold.solver.core.api.score.calculator.IncrementalScoreCalculator;
import java.util.Arrays;

/** Keeps the score of the working plan up to date, and answers whether a choice still fits. */
public final class Tally implements IncrementalScoreCalculator<Week, HardSoftLongScore> {
    private static final long BROKEN = 100;

    Instance instance;
    Seat[] seats;
    /** Seats of each volunteer; only the first `held` count. */
    Seat[][] seatsOf;
    int[] held;
    /** Filled seats of each team. */
    int[] teamFilled;
    private int[] capUsed;
    private int[] minutes;
    private int[] quotaUsed;
    private int[][] datesUsed;
    private long broken;
    private long over;
    private long fill;
    private long cost;

    @Override
    public void resetWorkingSolution(Week week) {
        instance = week.instance;
        week.tally = this;
        seats = week.seats.toArray(new Seat[0]);
        seatsOf = new Seat[instance.transport.length][4];
        held = new int[instance.transport.length];
        teamFilled = new int[instance.teams.length];
        capUsed = new int[instance.capLeft.length];
        minutes = new int[instance.loadBase.length];
        quotaUsed = new int[instance.quotaLeft.length];
        datesUsed = new int[instance.dateGroups.length][instance.options];
        broken = 0;
        over = 0;
        fill = 0;
        cost = 0;
        for (Seat seat : seats) {
            if (seat.choice != null) {
                insert(seat, seat.choice);
            }
        }
    }

    private void insert(Seat seat, Choice choice) {
        int person = choice.volunteer;
        for (int i = 0; i < held[person]; i++) {
            broken += instance.clash(choice, seatsOf[person][i].choice) ? 1 : 0;
        }
        if (held[person] == seatsOf[person].length) {
            seatsOf[person] = Arrays.copyOf(seatsOf[person], 2 * held[person]);
        }
        seatsOf[person][held[person]++] = seat;
        book(seat, choice, 1);
    }

    private void remove(Seat seat, Choice choice) {
        int person = choice.volunteer;
        Seat[] own = seatsOf[person];
        int last = --held[person];
        int position = 0;
        while (own[position] != seat) {
            position++;
        }
        own[position] = own[last];
        own[last] = null;
        for (int i = 0; i < last; i++) {
            broken -= instance.clash(choice, own[i].choice) ? 1 : 0;
        }
        book(seat, choice, -1);
    }

    private void book(Seat seat, Choice choice, int sign) {
        for (int i = 0; i < choice.caps.length; i++) {
            int cap = choice.caps[i];
            over -= Math.max(0, capUsed[cap] - instance.capLeft[cap]);
            capUsed[cap] += sign * choice.amounts[i];
            over += Math.max(0, capUsed[cap] - instance.capLeft[cap]);
        }
        cost += (long) sign * choice.cost;
        cost -= instance.fairness(choice.load, minutes[choice.load]);
        minutes[choice.load] += sign * choice.minutes();
        cost += instance.fairness(choice.load, minutes[choice.load]);
        for (int quota : seat.quotas) {
            broken -= Math.max(0, quotaUsed[quota] - instance.quotaLeft[quota]);
            quotaUsed[quota] += sign;
            broken += Math.max(0, quotaUsed[quota] - instance.quotaLeft[quota]);
        }
        bookDate(seat, choice, sign);
        bookFill(seat, sign);
    }

    private void bookDate(Seat seat, Choice choice, int sign) {
        if (seat.dateGroup >= 0) {
            int[] used = datesUsed[seat.dateGroup];
            broken -= otherDates(used);
            used[choice.option] += sign;
            broken += otherDates(used);
        }
    }

    private static int otherDates(int[] used) {
        int total = 0;
        int most = 0;
        for (int count : used) {
            total += count;
            most = Math.max(most, count);
        }
        return total - most;
    }

    /** Counts priorities; those of a team only once it is complete. */
    private void bookFill(Seat seat, int sign) {
        if (seat.team < 0) {
            fill += (long) sign * seat.priority;
            return;
        }
        int size = instance.teams[seat.team].length;
        boolean before = teamFilled[seat.team] == size;
        teamFilled[seat.team] += sign;
        boolean after = teamFilled[seat.team] == size;
        if (before != after) {
            for (int member : instance.teams[seat.team]) {
                fill += (long) sign * instance.seats.get(member).priority;
            }
        }
    }

    /** Tells whether a choice could be added if the ignored seats were empty. */
    boolean fits(Choice choice, Seat[] ignored, int ignoredCount) {
        for (int i = 0; i < choice.caps.length; i++) {
            int cap = choice.caps[i];
            int used = capUsed[cap] + choice.amounts[i];
            for (int j = 0; j < ignoredCount && used > instance.capLeft[cap]; j++) {
                used -= ignored[j].choice == null ? 0 : ignored[j].choice.amountOf(cap);
            }
            if (used > instance.capLeft[cap]) {
                return false;
            }
        }
        Seat[] own = seatsOf[choice.volunteer];
        for (int i = 0; i < held[choice.volunteer]; i++) {
            if (instance.clash(choice, own[i].choice) && !contains(ignored, ignoredCount, own[i])) {
                return false;
            }
        }
        return true;
    }

    private static boolean contains(Seat[] seats, int count, Seat wanted) {
        for (int i = 0; i < count; i++) {
            if (seats[i] == wanted) {
                return true;
            }
        }
        return false;
    }

    /** Gives what is used of a cap beyond its limit if a choice is added and some is given back. */
    int excess(int cap, int added) {
        return capUsed[cap] + added - instance.capLeft[cap];
    }

    /** Gives the points of a choice with the fairness of now; `freed` minutes are given back. */
    int marginal(Choice choice, int freed) {
        int before = minutes[choice.load] - freed;
        return choice.cost
                + instance.fairness(choice.load, before + choice.minutes())
                - instance.fairness(choice.load, before);
    }

    /** Tells whether a further seat of its quotas may be filled. */
    boolean allowed(Seat seat) {
        for (int quota : seat.quotas) {
            if (quotaUsed[quota] >= instance.quotaLeft[quota]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void beforeVariableChanged(Object entity, String variable) {
        Seat seat = (Seat) entity;
        if (seat.choice != null) {
            remove(seat, seat.choice);
        }
    }

    @Override
    public void afterVariableChanged(Object entity, String variable) {
        Seat seat = (Seat) entity;
        if (seat.choice != null) {
            insert(seat, seat.choice);
        }
    }

    @Override
    public HardSoftLongScore calculateScore() {
        return HardSoftLongScore.of(-(BROKEN * broken + over), instance.factor * fill - cost);
    }

    @Override
    public void beforeEntityAdded(Object entity) {
    }

    @Override
    public void afterEntityAdded(Object entity) {
    }

    @Override
    public void beforeEntityRemoved(Object entity) {
    }

    @Override
    public void afterEntityRemoved(Object entity) {
    }
}
