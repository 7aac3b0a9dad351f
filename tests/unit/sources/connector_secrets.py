"""Connector configurations with secrets planted where real ones stand, and where nobody would look for them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Planted:
    """A connector's configuration and the secrets in it."""

    name: str
    direction: str
    config: Mapping[str, str]
    secrets: tuple[str, ...]
    place: str
    """Where the secret stands: for the message of a test that finds it."""

    @property
    def is_startable(self) -> bool:
        """May a worker be given it under the class of a file connector? Not where the secret stands in a transform."""
        return "transform" not in self.place


_Config = dict[str, str]
_Maker = Callable[[str], _Config]

# Each takes a secret and makes the part of a configuration that holds it.
_PLACES: Mapping[str, _Maker] = {
    "a password key": lambda s: {"connection.password": s},
    "a token under a made-up key": lambda s: {"acme.api.tokenish": s},
    "a key that looks like an allowed one": lambda s: {"topics.dir.credentials": s, "file.": s, "TOPIC": s},
    "a JAAS string": lambda s: {
        "producer.override.sasl.jaas.config": (
            f'org.apache.kafka.common.security.plain.PlainLoginModule required username="u" password="{s}";'
        )
    },
    "a JAAS string of the history": lambda s: {
        "schema.history.internal.consumer.sasl.jaas.config": f'X required password="{s}";'
    },
    "an inline key": lambda s: {"gcp.credentials.json": json.dumps({"type": "service_account", "private_key": s})},
    "a keystore password": lambda s: {"consumer.override.ssl.keystore.password": s},
    "userinfo of a JDBC address": lambda s: _jdbc(f"jdbc:mysql://writer:{quote(s, safe='')}@db.example.org:3306/city"),
    "raw userinfo of a JDBC address": lambda s: _jdbc(f"jdbc:mysql://writer:{s}@db.example.org/city"),
    "userinfo with an @": lambda s: _jdbc(f"jdbc:postgresql://writer:{s}@{s}@db.example.org/city"),
    "userinfo with a slash": lambda s: _jdbc(f"jdbc:postgresql://writer:7/{s}@db.example.org/city"),
    "userinfo with two slashes": lambda s: _jdbc(f"jdbc:postgresql://writer:7/{s}/x@db.example.org/city"),
    "userinfo with a question mark": lambda s: _jdbc(f"jdbc:postgresql://writer:7?{s}@db.example.org/city"),
    "a parameter of a JDBC address": lambda s: _jdbc(f"jdbc:postgresql://db.example.org:5432/city?user=w&password={s}"),
    "a setting of a SQL Server address": lambda s: _jdbc(
        f"jdbc:sqlserver://db.example.org:1433;databaseName=city;user=w@db;password={s};encrypt=true"
    ),
    "a setting in braces": lambda s: _jdbc(
        f"jdbc:sqlserver://db.example.org:1433;password={{x;databaseName={s}}};databaseName=city"
    ),
    "a database within braces": lambda s: _jdbc(
        f"jdbc:sqlserver://db.example.org:1433;password={{x;databaseName={s};y}};databaseName=city"
    ),
    "a setting before the database": lambda s: _jdbc(f"jdbc:sqlserver://db.example.org;password={s};databaseName=city"),
    "an Oracle address": lambda s: _jdbc(f"jdbc:oracle:thin:scott/{s}@//db.example.org:1521/city"),
    "an Oracle descriptor": lambda s: _jdbc(f"jdbc:oracle:thin:scott/{s}@(DESCRIPTION=(ADDRESS=(HOST=db)(PORT=1)))"),
    "a Db2 address": lambda s: _jdbc(f"jdbc:db2://db.example.org:50000/city:user=w;password={s};"),
    "a Snowflake address": lambda s: _jdbc(f"jdbc:snowflake://acme.snowflakecomputing.com/?user=w&password={s}&db=c"),
    "a MySQL host in brackets": lambda s: _jdbc(f"jdbc:mysql://address=(host=db)(port=3306)(password={s})/city"),
    "a MongoDB address": lambda s: _mongo(f"mongodb://writer:{quote(s, safe='')}@db.example.org:27017/city?w=1"),
    "a MongoDB cluster": lambda s: _mongo(f"mongodb+srv://writer:{s}@cluster.example.org/?authMechanism=PLAIN"),
    "a MongoDB option": lambda s: _mongo(f"mongodb://db.example.org/city?authMechanismProperties=AWS_TOKEN:{s}"),
    "a Debezium connection string": lambda s: {
        "connector.class": "io.debezium.connector.mongodb.MongoDbConnector",
        "mongodb.connection.string": f"mongodb://writer:{s}@db.example.org",
        "mongodb.password": s,
    },
    "the path of a web hook": lambda s: _http(f"https://hooks.example.org/services/T000/B000/{s}"),
    "the query of a web hook": lambda s: _http(f"https://hooks.example.org/in?token={s}"),
    "the fragment of a web hook": lambda s: _http(f"https://hooks.example.org/in#{s}"),
    "the user of a web hook": lambda s: _http(f"https://{s}@hooks.example.org/in"),
    "a header": lambda s: {**_http("https://h.example.org"), "http.headers.authorization": f"Bearer {s}"},
    "keys in the store's address": lambda s: {
        "connector.class": "io.confluent.connect.s3.S3SinkConnector",
        "s3.bucket.name": "archive",
        "store.url": f"https://AKIAEXAMPLE:{s}@s3.example.org",
        "aws.secret.access.key": s,
    },
    "a bucket that is an address": lambda s: {
        "connector.class": "S3SinkConnector",
        "s3.bucket.name": f"s3://AKIAEXAMPLE:{s}@archive",
    },
    "an Elasticsearch node": lambda s: {
        "connector.class": "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector",
        "connection.url": f"https://elastic:{s}@one.example.org:9200,https://elastic:{s}@two.example.org:9200",
    },
    "a node beside one without": lambda s: {
        "connector.class": "ElasticsearchSinkConnector",
        "connection.url": f"https://one.example.org:9200,https://elastic:7/{s}@two.example.org",
    },
    "a file that is an address": lambda s: {"connector.class": "FileStreamSink", "file": f"sftp://u:{s}@files/x"},
    "a file with a signature": lambda s: {"connector.class": "FileStreamSink", "file": f"/in/x?sig={s}"},
    "a Snowflake key": lambda s: {
        "connector.class": "com.snowflake.kafka.connector.SnowflakeSinkConnector",
        "snowflake.url.name": f"https://acme.snowflakecomputing.com:443/?token={s}",
        "snowflake.private.key": s,
    },
    "a query": lambda s: {**_jdbc("jdbc:postgresql://db/city"), "query": f"CALL pay('{s}')"},
    "a table's format": lambda s: {**_jdbc("jdbc:postgresql://db/city"), "table.name.format": f"t;password={s}"},
    "a Redis address": lambda s: {"connector.class": "RedisSinkConnector", "redis.uri": f"redis://:{s}@r.example.org"},
    "a class that is none": lambda s: {"connector.class": f"com.acme.Sink?key={s}"},
    "a topic that is none": lambda s: {"topics": f"locks,https://u:{s}@x", "kafka.topic": f"a={s}"},
    "a pattern that is none": lambda s: {"topics": "", "topics.regex": f"locks|https://u:{s}@x"},
    "a pattern with a setting": lambda s: {"topics": "", "topics.regex": f"locks?key={s}"},
    "a mirrored topic that is none": lambda s: {
        "connector.class": "org.apache.kafka.connect.mirror.MirrorSourceConnector",
        "topics": f"locks.*,u:{s}@x",
        "source.cluster.alias": "north",
    },
    "a date in a topic that is none": lambda s: {
        "connector.class": "FileStreamSource",
        "transforms": "dated",
        "transforms.dated.type": "org.apache.kafka.connect.transforms.TimestampRouter",
        "transforms.dated.topic.format": f"${{topic}}?key={s}-${{timestamp}}",
    },
    "a dead-letter topic that is none": lambda s: {"errors.deadletterqueue.topic.name": f"dead?{s}"},
    "a placeholder with a default": lambda s: _jdbc(f"jdbc:postgresql://${{env:HOST:{s}}}/city"),
    "another MirrorMaker's login": lambda s: {
        "connector.class": "org.apache.kafka.connect.mirror.MirrorSourceConnector",
        "source.cluster.alias": "north",
        "source.cluster.bootstrap.servers": f"SASL://u:{s}@k.example.org:9092",
        "source.cluster.sasl.jaas.config": f'Y required password="{s}";',
    },
    "a transform's own setting": lambda s: {
        "transforms": "mask",
        "transforms.mask.type": "com.acme.Mask",
        "transforms.mask.key": s,
    },
    "a transform's expression": lambda s: {
        "transforms": "route",
        "transforms.route.type": "com.acme.TopicFromApi",
        "transforms.route.topic.format": f"x-${{topic}}?{s}",
        "transforms.route.regex": s,
    },
    "a transform's replacement": lambda s: {
        "transforms": "route",
        "transforms.route.type": "org.apache.kafka.connect.transforms.RegexRouter",
        "transforms.route.regex": "(.*)",
        "transforms.route.replacement": f"$1?key={s}",
    },
}


def planted(count: int = 1_000, seed: int = 7) -> Sequence[Planted]:
    """That many configurations, each with a secret that stands in no other; the places take turns."""
    chance = random.Random(seed)
    places = list(_PLACES.items())
    made = []
    for number in range(count):
        place, make = places[number % len(places)]
        secret = _secret(chance, number)
        config = {
            "connector.class": "com.acme.UnheardOfConnector",
            "topics": "locks.events",
            "topic": "locks.events",
            **make(secret),
        }
        direction = (
            "source" if "Source" in config["connector.class"] or "debezium" in config["connector.class"] else "sink"
        )
        secrets = (secret, quote(secret, safe=""))
        made.append(Planted(f"planted-{number}", direction, config, secrets, place))
    return made


def listing_of(plants: Sequence[Planted]) -> bytes:
    """The expanded listing that a worker would answer, with secrets in its traces and tasks too."""
    return json.dumps({plant.name: _listed(plant) for plant in plants}).encode()


def _listed(plant: Planted) -> dict[str, object]:
    secret = plant.secrets[0]
    trace = f"org.apache.kafka.ConfigException: {' '.join(plant.secrets)}\n\tat x.Y(Z.java:1)"
    config = dict(plant.config) | {"name": plant.name}
    tasks = [{"connector": plant.name, "task": 0, "config": {"task.class": secret}}]
    runs = {"state": "RUNNING", "worker_id": "10.0.0.1:8083", "msg": secret}
    failed = {"id": 0, "state": "FAILED", "worker_id": "10.0.0.1:8083", "trace": trace, "msg": secret}
    return {
        "info": {"name": plant.name, "config": config, "tasks": tasks, "type": plant.direction},
        "status": {"name": plant.name, "connector": runs, "tasks": [failed], "type": plant.direction},
    }


def _secret(chance: random.Random, number: int) -> str:
    """Letters and digits that stand nowhere else; every third also has signs that mean something in addresses."""
    word = f"S{chance.getrandbits(64):016x}Z"
    return f"{word}{chance.choice(['+', '=', '!', '%', '~', '^'])}{number}" if number % 3 == 0 else word


def _jdbc(address: str) -> _Config:
    return {"connector.class": "io.confluent.connect.jdbc.JdbcSinkConnector", "connection.url": address}


def _mongo(address: str) -> _Config:
    return {"connector.class": "com.mongodb.kafka.connect.MongoSinkConnector", "connection.uri": address}


def _http(address: str) -> _Config:
    return {"connector.class": "io.aiven.kafka.connect.http.HttpSinkConnector", "http.url": address}
