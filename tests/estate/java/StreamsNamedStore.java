import org.apache.kafka.streams.kstream.KGroupedStream;
import org.apache.kafka.streams.kstream.KTable;
import org.apache.kafka.streams.kstream.Materialized;

/** At least once, with a store that its author named: the name of the changelog is one that anybody could have chosen. */
final class StreamsNamedStore extends StreamsAtLeastOnce {
    @Override
    KTable<String, Long> count(KGroupedStream<String, String> grouped) {
        return grouped.count(Materialized.as(store()));
    }

    @Override
    String store() {
        return "counts";
    }
}
