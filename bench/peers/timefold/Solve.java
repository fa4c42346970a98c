package lotsenwerk;

import ai.timefold.solver.core.api.solver.Solver;
import ai.timefold.solver.core.api.solver.SolverFactory;
import ai.timefold.solver.core.config.constructionheuristic.ConstructionHeuristicPhaseConfig;
import ai.timefold.solver.core.config.constructionheuristic.ConstructionHeuristicType;
import ai.timefold.solver.core.config.heuristic.selector.move.factory.MoveIteratorFactoryConfig;
import ai.timefold.solver.core.config.localsearch.LocalSearchPhaseConfig;
import ai.timefold.solver.core.config.localsearch.decider.acceptor.LocalSearchAcceptorConfig;
import ai.timefold.solver.core.config.localsearch.decider.forager.LocalSearchForagerConfig;
import ai.timefold.solver.core.config.score.director.ScoreDirectorFactoryConfig;
import ai.timefold.solver.core.config.solver.EnvironmentMode;
import ai.timefold.solver.core.config.solver.SolverConfig;
import ai.timefold.solver.core.impl.solver.DefaultSolver;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Solves one instance: {@code java lotsenwerk.Solve INSTANCE CHOICES MILLISECONDS SEED}.
 *
 * <p>Writes the numbers of the chosen choices, and prints "seconds objective" for each better plan;
 * the moves a second go to the error stream.
 */
public final class Solve {
    private static final int LARGE = 5_000;
    private static final String STARTING_TEMPERATURE = "0hard/5000soft";
    /** With few moves a seat there is no time to cool down from further above. */
    private static final String LARGE_TEMPERATURE = "0hard/3000soft";

    private Solve() {
    }

    public static void main(String[] arguments) throws IOException {
        quieten();
        Week week = new Week();
        week.instance = Instance.read(Path.of(arguments[0]));
        week.seats = new ArrayList<>(week.instance.seats);
        Duration limit = Duration.ofMillis(Long.parseLong(arguments[2]));
        Solver<Week> solver = solver(week.seats.size(), limit, Long.parseLong(arguments[3]));
        long begin = System.nanoTime();
        solver.addEventListener(event -> {
            Week best = event.getNewBestSolution();
            if (best.score.hardScore() == 0) {
                double seconds = (System.nanoTime() - begin) / 1e9;
                System.out.printf("%.3f %d%n", seconds, best.score.softScore());
            }
        });
        Week best = solver.solve(week);
        System.out.printf("%.3f %d%n", (System.nanoTime() - begin) / 1e9, best.score.softScore());
        long speed = ((DefaultSolver<Week>) solver).getMoveEvaluationSpeed();
        System.err.printf("timefold: %,d moves a second, %s%n", speed, best.score);
        Files.write(Path.of(arguments[1]), chosen(best));
    }

    /** Unconfigured, the log would take a line for each of half a million moves a second. */
    private static void quieten() {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
    }

    private static Solver<Week> solver(int seats, Duration limit, long seed) {
        String temperature = seats > LARGE ? LARGE_TEMPERATURE : STARTING_TEMPERATURE;
        var moves = new MoveIteratorFactoryConfig().withMoveIteratorFactoryClass(Moves.class);
        var annealing = new LocalSearchAcceptorConfig()
                .withSimulatedAnnealingStartingTemperature(temperature);
        var search = new LocalSearchPhaseConfig()
                .withMoveSelectorConfig(moves)
                .withAcceptorConfig(annealing)
                .withForagerConfig(new LocalSearchForagerConfig().withAcceptedCountLimit(1));
        var construction = new ConstructionHeuristicPhaseConfig()
                .withConstructionHeuristicType(ConstructionHeuristicType.FIRST_FIT_DECREASING);
        var score = new ScoreDirectorFactoryConfig()
                .withIncrementalScoreCalculatorClass(Tally.class);
        SolverConfig config = new SolverConfig()
                .withEnvironmentMode(EnvironmentMode.NO_ASSERT)
                .withSolutionClass(Week.class)
                .withEntityClasses(Seat.class)
                .withScoreDirectorFactory(score)
                .withPhases(construction, search)
                .withRandomSeed(seed)
                .withTerminationSpentLimit(limit);
        return SolverFactory.<Week>create(config).buildSolver();
    }

    private static List<String> chosen(Week week) {
        List<String> lines = new ArrayList<>();
        for (Seat seat : week.seats) {
            if (seat.choice != null) {
                lines.add(Integer.toString(seat.choice.id));
            }
        }
        return lines;
    }
}
