import org.apache.kafka.streams.kstream.KStream;

/**
 * `application source sink guarantee`: no store, so no internal topic. At least once, nothing that Kafka keeps ties the
 * producer of the sink to the application; exactly once, the transaction does.
 */
final class StreamsStateless extends StreamsApp {
    @Override
    KStream<String, String> topology(KStream<String, String> source) {
        return source.mapValues(value -> value.toUpperCase());
    }

    @Override
    String[] settings(Context context) {
        return new String[] {"processing.guarantee", context.argument(3)};
    }

    @Override
    void tellSink(Context context, String application, String sink) {
        if (context.argument(3).equals("at_least_once")) {
            context.tell("signs", sink);
        } else {
            context.produced(application, sink);
        }
    }

    @Override
    void tellInternals(Context context, String application) {
        // There are none.
    }
}
