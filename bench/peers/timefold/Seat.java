package lotsenwerk;

import ai.timefold.solver.core.api.domain.entity.PlanningEntity;
import ai.timefold.solver.core.api.domain.lookup.PlanningId;
import ai.timefold.solver.core.api.domain.valuerange.ValueRangeProvider;
import ai.timefold.solver.core.api.domain.variable.PlanningVariable;
import java.util.Comparator;
import java.util.List;

/** A seat that somebody may take, or nobody. */
@PlanningEntity(difficultyComparatorClass = Seat.UrgentAndScarceLast.class)
public class Seat {
    @PlanningId
    public int id;

    @PlanningVariable(valueRangeProviderRefs = "choices", allowsUnassigned = true)
    public Choice choice;

    int priority;
    /** Number of its team, -1 when it stands alone. */
    int team;
    /** Number of the group of seats that share one date, -1 when there is none. */
    int dateGroup;
    int[] quotas;
    /** Choices by volunteer, then option. */
    List<Choice> choices;

    public Seat() {
    }

    @ValueRangeProvider(id = "choices")
    public List<Choice> getChoices() {
        return choices;
    }

    Seat copy() {
        Seat copy = new Seat();
        copy.id = id;
        copy.choice = choice;
        copy.priority = priority;
        copy.team = team;
        copy.dateGroup = dateGroup;
        copy.quotas = quotas;
        copy.choices = choices;
        return copy;
    }

    /** Gives the first choice of a volunteer, null when she may not take this seat. */
    Choice choiceOf(int volunteer) {
        int low = 0;
        int high = choices.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (choices.get(middle).volunteer < volunteer) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        boolean found = low < choices.size() && choices.get(low).volunteer == volunteer;
        return found ? choices.get(low) : null;
    }

    @Override
    public String toString() {
        return "seat " + id;
    }

    /** Orders seats from easy to difficult: urgent ones, then those few can take, come last. */
    public static class UrgentAndScarceLast implements Comparator<Seat> {
        @Override
        public int compare(Seat one, Seat other) {
            return Comparator.<Seat>comparingInt(seat -> seat.priority)
                    .thenComparing(seat -> -seat.choices.size())
                    .thenComparing(seat -> -seat.id)
                    .compare(one, other);
        }
    }
}
