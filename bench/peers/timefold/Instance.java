package lotsenwerk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The problem as written by exchange.py: 32-bit integers, little endian.
 *
 * <p>A header of counts, then for each choice a row of eight numbers and its caps, then seats, caps,
 * weeks, groups, the fairness curve and the minutes between places per transport.
 */
final class Instance {
    final int factor;
    final int[] transport;
    final List<Choice> choices = new ArrayList<>();
    final List<Seat> seats = new ArrayList<>();
    final int[] capLeft;
    final int[] loadBase;
    final int[] quotaLeft;
    final int[][] teams;
    final int[][] dateGroups;
    final int options;
    private final int[] curve;
    private final int curveShift;
    private final int places;
    private final short[][] gaps;

    private Instance(IntBuffer in) {
        factor = in.get();
        options = in.get();
        transport = array(in);
        readChoices(in);
        capLeft = array(in);
        loadBase = array(in);
        quotaLeft = array(in);
        readSeats(in);
        teams = arrays(in);
        dateGroups = arrays(in);
        curveShift = in.get();
        curve = array(in);
        places = in.get();
        gaps = readGaps(in);
    }

    static Instance read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            return new Instance(bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer());
        }
    }

    private static int[] array(IntBuffer in) {
        int[] values = new int[in.get()];
        in.get(values);
        return values;
    }

    private static int[][] arrays(IntBuffer in) {
        int[][] rows = new int[in.get()][];
        for (int row = 0; row < rows.length; row++) {
            rows[row] = array(in);
        }
        return rows;
    }

    private void readChoices(IntBuffer in) {
        int count = in.get();
        for (int id = 0; id < count; id++) {
            int[] row = new int[8];
            in.get(row);
            int[] caps = array(in);
            int[] amounts = new int[caps.length];
            in.get(amounts);
            choices.add(new Choice(id, row, caps, amounts));
        }
    }

    private void readSeats(IntBuffer in) {
        int count = in.get();
        for (int id = 0; id < count; id++) {
            Seat seat = new Seat();
            seat.id = id;
            seat.priority = in.get();
            seat.team = in.get();
            seat.dateGroup = in.get();
            seat.quotas = array(in);
            seat.choices = new ArrayList<>();
            seats.add(seat);
        }
        for (Choice choice : choices) {
            seats.get(choice.seat).choices.add(choice);
        }
    }

    private short[][] readGaps(IntBuffer in) {
        short[][] rows = new short[in.get()][places * places];
        for (short[] row : rows) {
            for (int pair = 0; pair < row.length; pair++) {
                row[pair] = (short) Math.min(in.get(), Short.MAX_VALUE);
            }
        }
        return rows;
    }

    /** Tells whether one volunteer cannot do both, travel between them included. */
    boolean clash(Choice one, Choice other) {
        Choice first = one.start <= other.start ? one : other;
        Choice second = first == one ? other : one;
        if (first.end > second.start) {
            return true;
        }
        if (first.place < 0 || second.place < 0) {
            return false;
        }
        short[] minutes = gaps[transport[first.volunteer]];
        return first.end + minutes[first.place * places + second.place] > second.start;
    }

    /** Gives the points of a volunteer's minutes in a week. */
    int fairness(int load, int minutes) {
        int base = loadBase[load];
        return curveAt(base + minutes) - curveAt(base);
    }

    private int curveAt(int minutes) {
        return curve[Math.min(Math.max(0, minutes + curveShift), curve.length - 1)];
    }
}
