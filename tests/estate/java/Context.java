import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What a program is given: its name and arguments, the cluster's address, and a voice. */
record Context(String name, String[] arguments, String bootstrap, CountDownLatch stopping, Set<String> said) {
    Context(String name, String[] arguments, String bootstrap, CountDownLatch stopping) {
        this(name, arguments, bootstrap, stopping, ConcurrentHashMap.newKeySet());
    }

    String argument(int index) {
        return arguments[index];
    }

    boolean running() {
        return stopping.getCount() > 0;
    }

    /** Sleeps, or returns at once when the estate ends. */
    void rest(long millis) throws InterruptedException {
        stopping.await(millis, TimeUnit.MILLISECONDS);
    }

    /** A line of ground truth: `word program rest…`. Each is said once, after it has happened. */
    void tell(String word, String... rest) {
        String line = word + " " + name + (rest.length == 0 ? "" : " " + String.join(" ", rest));
        if (said.add(line)) {
            System.out.println(line);
        }
    }

    void consumed(String topic, String group) {
        tell("consumes", topic, group);
    }

    void produced(String group, String topic) {
        tell("produces", group, topic);
    }

    Properties properties(String... pairs) {
        Properties properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("client.id", name);
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put(pairs[i], pairs[i + 1]);
        }
        return properties;
    }

    Properties reading(String... pairs) {
        Properties properties = properties(pairs);
        properties.putIfAbsent("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("key.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        properties.put("value.deserializer", "org.apache.kafka.common.serialization.StringDeserializer");
        return properties;
    }

    Properties writing(String... pairs) {
        Properties properties = properties(pairs);
        properties.put("key.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        properties.put("value.serializer", "org.apache.kafka.common.serialization.StringSerializer");
        return properties;
    }
}
