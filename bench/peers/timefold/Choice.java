package lotsenwerk;

/** One volunteer who may take one seat on one date: what it costs and what it uses up. */
final class Choice {
    final int id;
    final int seat;
    final int volunteer;
    final int option;
    final int start;
    final int end;
    /** Number of the place among those in use, -1 for phone and video. */
    final int place;
    final int cost;
    /** Number of the volunteer's week, for fairness. */
    final int load;
    /** Caps this takes from, and how much of each. */
    final int[] caps;
    final int[] amounts;

    Choice(int id, int[] row, int[] caps, int[] amounts) {
        this.id = id;
        this.seat = row[0];
        this.volunteer = row[1];
        this.option = row[2];
        this.start = row[3];
        this.end = row[4];
        this.place = row[5];
        this.cost = row[6];
        this.load = row[7];
        this.caps = caps;
        this.amounts = amounts;
    }

    int minutes() {
        return end - start;
    }

    /** What this takes from a cap, 0 when it does not count there. */
    int amountOf(int cap) {
        for (int i = 0; i < caps.length; i++) {
            if (caps[i] == cap) {
                return amounts[i];
            }
        }
        return 0;
    }

    @Override
    public String toString() {
        return "choice " + id;
    }
}
