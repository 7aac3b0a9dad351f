import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** `group topic`: reads and commits for about a second, then leaves for ever. */
final class OneSecondGroup implements Program {
    @Override
    public void run(Context context) throws Exception {
        String group = context.argument(0);
        Set<String> committed = new HashSet<>();
        try (var consumer =
                new KafkaConsumer<String, String>(context.reading("group.id", group, "group.protocol", "classic"))) {
            consumer.subscribe(List.of(context.argument(1)));
            long born = System.nanoTime();
            while (context.running() && (committed.isEmpty() || System.nanoTime() - born < 1_000_000_000L)) {
                Reading.turn(context, consumer, group, committed);
            }
        }
        context.tell("ready");
    }
}
