import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** `Main bootstrap "program argument…" …`: each program in a thread of its own, until standard input closes. */
final class Main {
    private static final long STOP_WITHIN_NANOS = 20_000_000_000L;
    private static final Map<String, Supplier<Program>> PROGRAMS = Map.ofEntries(
            Map.entry("classic-group", ClassicGroup::new),
            Map.entry("kip848-group", Kip848Group::new),
            Map.entry("kip848-pattern", Kip848Pattern::new),
            Map.entry("share-group", ShareGroup::new),
            Map.entry("streams-exactly-once", StreamsExactlyOnce::new),
            Map.entry("streams-at-least-once", StreamsAtLeastOnce::new),
            Map.entry("streams-named-store", StreamsNamedStore::new),
            Map.entry("streams-protocol", StreamsProtocol::new),
            Map.entry("streams-stateless", StreamsStateless::new),
            Map.entry("transactional-loop", TransactionalLoop::new),
            Map.entry("transactional-producer", TransactionalProducer::new),
            Map.entry("idempotent-producer", IdempotentProducer::new),
            Map.entry("plain-producer", PlainProducer::new),
            Map.entry("one-second-group", OneSecondGroup::new),
            Map.entry("assign-commit", AssignCommit::new),
            Map.entry("assign-silent", AssignSilent::new));

    public static void main(String[] arguments) throws Exception {
        CountDownLatch stopping = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (String line : Arrays.copyOfRange(arguments, 1, arguments.length)) {
            String[] words = line.split(" ");
            String[] rest = Arrays.copyOfRange(words, 1, words.length);
            Context context = new Context(words[0], rest, arguments[0], stopping);
            Program program = PROGRAMS.get(words[0]).get();
            Thread thread = new Thread(() -> attempt(program, context), words[0]);
            thread.start();
            threads.add(thread);
        }
        while (System.in.read() >= 0) {
            // Nothing is asked here: only the end of the input counts.
        }
        stopping.countDown();
        long deadline = System.nanoTime() + STOP_WITHIN_NANOS;
        for (Thread thread : threads) {
            thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
        }
        Runtime.getRuntime().halt(0); // a client whose cluster is gone would wait for it for ever
    }

    private static void attempt(Program program, Context context) {
        try {
            program.run(context);
        } catch (Throwable error) {
            context.tell("failed", error.getClass().getSimpleName());
            error.printStackTrace();
        }
    }
}
