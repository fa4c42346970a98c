package lotsenwerk;

import ai.timefold.solver.core.api.domain.solution.PlanningEntityCollectionProperty;
import ai.timefold.solver.core.api.domain.solution.PlanningScore;
import ai.timefold.solver.core.api.domain.solution.PlanningSolution;
import ai.timefold.solver.core.api.domain.solution.cloner.SolutionCloner;
import ai.timefold.solver.core.api.score.buildin.hardsoftlong.HardSoftLongScore;
import java.util.ArrayList;
import java.util.List;

/** The plan of a week: all seats that somebody can take. */
@PlanningSolution(solutionCloner = Week.Cloner.class)
public class Week {
    @PlanningEntityCollectionProperty
    public List<Seat> seats;

    @PlanningScore
    public HardSoftLongScore score;

    Instance instance;
    /** Sums of the working plan; the moves read them. */
    Tally tally;

    /** Copies the seats and shares all that never changes. */
    public static class Cloner implements SolutionCloner<Week> {
        @Override
        public Week cloneSolution(Week original) {
            Week copy = new Week();
            copy.instance = original.instance;
            copy.score = original.score;
            copy.seats = new ArrayList<>(original.seats.size());
            for (Seat seat : original.seats) {
                copy.seats.add(seat.copy());
            }
            return copy;
        }
    }
}
