package lotsenwerk;

import ai.timefold.solver.core.api.score.director.ScoreDirector;
import ai.timefold.solver.core.impl.heuristic.move.AbstractMove;
import java.util.Arrays;
import java.util.Collection;

/** Gives several seats a new choice at once; null leaves a seat open. */
public final class Reassignment extends AbstractMove<Week> {
    private final Seat[] seats;
    private final Choice[] choices;

    Reassignment(Seat[] seats, Choice[] choices) {
        this.seats = seats;
        this.choices = choices;
    }

    @Override
    public boolean isMoveDoable(ScoreDirector<Week> director) {
        for (int i = 0; i < seats.length; i++) {
            if (seats[i].choice != choices[i]) {
                return true;
            }
        }
        return false;
    }

    /** Empties the seats before it fills them, so that nobody is ever counted twice. */
    @Override
    protected void doMoveOnGenuineVariables(ScoreDirector<Week> director) {
        for (int i = 0; i < seats.length; i++) {
            if (seats[i].choice != null && seats[i].choice != choices[i]) {
                set(director, seats[i], null);
            }
        }
        for (int i = 0; i < seats.length; i++) {
            if (seats[i].choice != choices[i]) {
                set(director, seats[i], choices[i]);
            }
        }
    }

    private static void set(ScoreDirector<Week> director, Seat seat, Choice choice) {
        director.beforeVariableChanged(seat, "choice");
        seat.choice = choice;
        director.afterVariableChanged(seat, "choice");
    }

    @Override
    public Collection<?> getPlanningEntities() {
        return Arrays.asList(seats);
    }

    @Override
    public Collection<?> getPlanningValues() {
        return Arrays.asList(choices);
    }

    @Override
    public String toString() {
        return seats.length + " seats";
    }
}
