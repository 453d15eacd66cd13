package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.s3.FakeS3;
import dev.siltstone.objectstore.s3.S3Store;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `siltstone db` with a replica in S3, in Litestream's layout of it.
final class DbOverS3Test {
    private static final List<String> CREDENTIALS =
            List.of("aws.accessKeyId", "aws.secretAccessKey");
    private static final String SNAPSHOT = "backups/app/0009/0000000000000001-0000000000000001.ltx";

    @TempDir Path directory;

    private DbTrial db;
    private FakeS3 s3;
    private String url;

    /// As the usual AWS chain takes them.
    @BeforeAll
    static void giveCredentials() {
        CREDENTIALS.forEach(name -> System.setProperty(name, "fake"));
    }

    @AfterAll
    static void takeCredentials() {
        CREDENTIALS.forEach(System::clearProperty);
    }

    @BeforeEach
    void start() throws Exception {
        db = new DbTrial(directory);
        s3 = FakeS3.start();
        url = url("backups/app");
    }

    @AfterEach
    void stop() {
        s3.close();
    }

    private String url(String path) {
        return "s3://%s/%s?endpoint=%s&region=eu-central-1&path-style=true"
                .formatted(FakeS3.BUCKET, path, s3.uri());
    }

    private void put(String key, byte[] bytes) throws IOException {
        try (ObjectStore store =
                S3Store.open(s3.settings(""), InstantSource.system(), new SplittableRandom(1))) {
            store.put(ObjectKey.of(key), ObjectBody.of(bytes), PutOptions.NONE);
        }
    }

    @Test
    void replicatesListsVerifiesAndRestores() throws Exception {
        assertThat(db.done("replicate", "@app.db", url, "--once")).contains("app.db");
        db.insert(2);
        db.done("replicate", "@app.db", url, "--once");
        assertThat(s3.objects().keySet())
                .contains(
                        SNAPSHOT,
                        "backups/app/0000/0000000000000002-0000000000000002.ltx",
                        "backups/app/0000/0000000000000003-0000000000000003.ltx");
        assertThat(db.done("ls", url)).contains("0000000000000001-0000000000000001.ltx");
        assertThat(db.done("ls", url, "--exact", "--json")).startsWith("[{").contains("\"bytes\"");
        assertThat(db.done("status", url))
                .contains("txid: 0000000000000003")
                .contains("level 9: 1 files");
        assertThat(db.done("status", "@app.db", "--json"))
                .contains("\"remoteTxid\":\"0000000000000003\"", "\"lagTransactions\":0");
        assertThat(db.done("verify", "@app.db", url)).contains("is the same");
        db.done("restore", url, "-o", "@new.db", "--integrity-check", "full");
        assertThat(DbTrial.numbers(directory.resolve("new.db"))).isEqualTo("1,2");
        db.done("restore", url, "-o", "@first.db", "--txid", "1");
        assertThat(DbTrial.numbers(directory.resolve("first.db"))).isEqualTo("1");
        db.done("restore", url, "-o", "@later.db", "--time", "2999-01-01T00:00:00Z");
        assertThat(DbTrial.numbers(directory.resolve("later.db"))).isEqualTo("1,2");
    }

    @Test
    void goesOnFromADatabaseThatIsGone() throws Exception {
        db.done("replicate", "@app.db", url, "--once");
        assertThat(db.run("replicate", "@again.db", url, "--once").err())
                .contains("again.db does not exist; restoring it");
        assertThat(DbTrial.numbers(directory.resolve("again.db"))).isEqualTo("1");
        assertThat(s3.objects().keySet().stream().filter(key -> key.contains("/0009/"))).hasSize(1);
    }

    @Test
    void worksOnAStoreThatFailsNowAndThen() throws Exception {
        s3.fail(FakeS3.random(5, 0.1, FakeS3.Fault.SLOW_DOWN, FakeS3.Fault.LOST_RESPONSE));
        for (int n = 2; n <= 4; n++) {
            db.insert(n);
            db.done("replicate", "@app.db", url, "--once");
        }
        db.done("restore", url, "-o", "@new.db");
        assertThat(DbTrial.numbers(directory.resolve("new.db"))).isEqualTo("1,2,3,4");
    }

    @Test
    void leavesForeignObjectsWhereTheyAre() throws Exception {
        put("backups/app/0000/notes.txt", new byte[] {1, 2, 3});
        db.done("replicate", "@app.db", url, "--once");
        CommandRun list = db.run("ls", url);
        assertThat(list.exitCode()).as(list.err()).isZero();
        assertThat(list.err()).contains("0000/notes.txt");
        db.done("restore", url, "-o", "@new.db");
        assertThat(s3.objects()).containsEntry("backups/app/0000/notes.txt", new byte[] {1, 2, 3});
    }

    @Test
    void refusesWhatIsNotThereOrDamaged() throws Exception {
        db.refused(ExitCode.NOT_FOUND, List.of("no replica"), "status", url);
        db.refused(ExitCode.NOT_FOUND, List.of("backups/app"), "restore", url, "-o", "@new.db");
        db.refused(ExitCode.NOT_FOUND, List.of("no replica"), "ls", url);
        db.done("replicate", "@app.db", url, "--once");
        Map<String, byte[]> before = s3.objects();
        byte[] damaged = before.get(SNAPSHOT).clone();
        damaged[damaged.length / 2] ^= 1;
        put(SNAPSHOT, damaged);
        String name = SNAPSHOT.substring(SNAPSHOT.lastIndexOf('/') + 1);
        db.refused(ExitCode.DAMAGED, List.of(name), "restore", url, "-o", "@new.db");
        db.refused(ExitCode.DAMAGED, List.of(name), "verify", "@app.db", url, "--wait", "1ms");
        db.refused(
                ExitCode.NOT_FOUND,
                List.of("no transaction 0000000000000fff yet"),
                "restore",
                url,
                "-o",
                "@new.db",
                "--txid",
                "fff");
        db.refused(
                ExitCode.NOT_FOUND,
                List.of("no state of before 2001-01-01T00:00:00Z"),
                "restore",
                url,
                "-o",
                "@new.db",
                "--time",
                "2001-01-01T00:00:00Z");
    }

    @Test
    void saysThatAStoreIgnoresConditions() throws Exception {
        s3.ignoreConditions();
        CommandRun run = db.run("replicate", "@app.db", url, "--once");
        assertThat(run.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(run.err()).contains("bucket", "If-None-Match");
    }
}
