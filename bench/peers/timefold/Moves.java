package lotsenwerk;

import ai.timefold.solver.core.api.score.director.ScoreDirector;
import ai.timefold.solver.core.impl.heuristic.selector.move.factory.MoveIteratorFactory;
import java.util.Iterator;
import java.util.Random;

/** Draws moves made for this problem: change, ejection chain, swap, whole team, cheapest choice. */
public final class Moves implements MoveIteratorFactory<Week, Reassignment> {
    /** At 30 seconds better than 60, 20, 10, 3, 7 on large weeks, and as good on middle ones. */
    static final int[] WEIGHTS = {30, 40, 20, 3, 7};

    @Override
    public long getSize(ScoreDirector<Week> director) {
        return director.getWorkingSolution().seats.size() * 50L;
    }

    @Override
    public Iterator<Reassignment> createOriginalMoveIterator(ScoreDirector<Week> director) {
        return createRandomMoveIterator(director, new Random(0));
    }

    @Override
    public Iterator<Reassignment> createRandomMoveIterator(
            ScoreDirector<Week> director, Random random) {
        return new Endless(director, random);
    }

    private static final class Endless implements Iterator<Reassignment> {
        private static final int ATTEMPTS = 200;
        private final ScoreDirector<Week> director;
        private final Random random;
        private final Attempt attempt;
        private int total;

        Endless(ScoreDirector<Week> director, Random random) {
            this.director = director;
            this.random = random;
            this.attempt = new Attempt(random);
            for (int weight : WEIGHTS) {
                total += weight;
            }
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Reassignment next() {
            Tally tally = director.getWorkingSolution().tally;
            for (int tried = 0; tried < ATTEMPTS; tried++) {
                attempt.start(tally);
                if (draw()) {
                    return attempt.move();
                }
            }
            attempt.start(tally);
            attempt.keep();
            return attempt.move();
        }

        private boolean draw() {
            int left = random.nextInt(total);
            int kind = 0;
            while (left >= WEIGHTS[kind]) {
                left -= WEIGHTS[kind++];
            }
            return switch (kind) {
                case 0 -> attempt.change();
                case 1 -> attempt.chain();
                case 2 -> attempt.swap();
                case 3 -> attempt.team();
                default -> attempt.cheapest();
            };
        }
    }
}
