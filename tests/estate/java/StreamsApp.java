import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.KStream;

/** `application source sink`: a Kafka Streams application until the estate ends; ready when it has written its sink. */
abstract class StreamsApp implements Program {
    /** The way from the source to what is written to the sink. */
    abstract KStream<String, String> topology(KStream<String, String> source);

    /** Settings beside those that all applications share. */
    abstract String[] settings(Context context);

    /** Tell what is true of the application beside its source and its sink. */
    abstract void tellInternals(Context context, String application);

    /** Tell that the sink was written: Kafka shows by whom, unless a subclass knows better. */
    void tellSink(Context context, String application, String sink) {
        context.produced(application, sink);
    }

    @Override
    public void run(Context context) throws Exception {
        String application = context.argument(0), source = context.argument(1), sink = context.argument(2);
        CountDownLatch enough = new CountDownLatch(20);
        StreamsBuilder builder = new StreamsBuilder();
        topology(builder.stream(source)).peek((key, value) -> enough.countDown()).to(sink);
        var properties = context.properties(settings(context));
        properties.remove("client.id");
        properties.put("application.id", application);
        properties.put("default.key.serde", Serdes.StringSerde.class);
        properties.put("default.value.serde", Serdes.StringSerde.class);
        properties.put("commit.interval.ms", 200);
        properties.put("statestore.cache.max.bytes", 0);
        properties.put("num.stream.threads", 1);
        try (KafkaStreams streams = new KafkaStreams(builder.build(), properties)) {
            streams.setUncaughtExceptionHandler(error -> {
                context.tell("failed", error.getClass().getSimpleName());
                error.printStackTrace();
                return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            });
            streams.start();
            while (context.running() && enough.getCount() > 0) {
                context.rest(100);
            }
            context.rest(1_000); // several commit intervals after the last of those records
            context.consumed(source, application);
            tellSink(context, application, sink);
            tellInternals(context, application);
            context.tell("ready");
            context.stopping().await();
        }
    }
}
