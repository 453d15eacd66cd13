package dev.siltstone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `siltstone db` says of replicas, and that bad input is named and changes nothing.
final class DbRefusalsTest {
    @TempDir Path directory;

    private DbTrial db;

    @BeforeEach
    void createDatabase() throws SQLException {
        db = new DbTrial(directory);
    }

    @Test
    void showsWhatAReplicaHas() throws Exception {
        db.done("replicate", "@app.db", "@replica", "--once");
        Files.writeString(db.ltx("0/notes.txt"), "not ours");
        CommandRun list = db.run("ls", "@replica");
        assertThat(list.exitCode()).isZero();
        assertThat(list.err()).contains("ltx/0/notes.txt");
        assertThat(list.out()).contains("ltx/9/0000000000000001-0000000000000001.ltx");
        assertThat(db.done("ls", "@replica", "--json")).startsWith("[{").endsWith("}]\n");
        CommandRun status = db.run("status", "@replica");
        assertThat(status.exitCode()).isZero();
        assertThat(status.err()).contains("notes.txt");
        assertThat(status.out()).contains("txid: 00000000").contains("level 9: 1 files");
        assertThat(db.done("status", "file://" + db.replica(), "--json")).contains("\"levels\":[");
        assertThat(Files.readString(db.ltx("0/notes.txt"))).isEqualTo("not ours");
    }

    @Test
    void refusesToGoOnWhereAnotherMachineHasGoneOnUnlessToldTo() throws Exception {
        db.done("replicate", "@app.db", "@replica", "--once");
        db.done("restore", "@replica", "-o", "@other.db");
        db.execute(directory.resolve("other.db"), "INSERT INTO t VALUES (7, 'of the other')");
        db.done("replicate", "@other.db", "@replica", "--once");
        db.insert(2);
        db.refused(
                ExitCode.CONFLICT,
                List.of("another machine", "--take-over"),
                "replicate",
                "@app.db",
                "@replica",
                "--once");
        CommandRun told = db.run("replicate", "@app.db", "@replica", "--once", "--take-over");
        assertThat(told.exitCode()).as(told.err()).isZero();
        assertThat(told.err()).contains("this database, as it is, becomes the transaction behind");
        db.done("restore", "@replica", "-o", "@now.db");
        assertThat(numbers("now.db")).containsExactly(1, 2);
        db.done("restore", "@replica", "-o", "@then.db", "--txid", "3");
        assertThat(numbers("then.db")).containsExactly(1, 7);
    }

    private List<Integer> numbers(String file) throws SQLException {
        List<Integer> numbers = new ArrayList<>();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve(file));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT n FROM t ORDER BY n")) {
            while (rows.next()) {
                numbers.add(rows.getInt(1));
            }
        }
        return numbers;
    }

    @Test
    void refusesWhatIsNoDatabaseInWalMode() throws Exception {
        byte[] noise = new byte[8192];
        new Random(5).nextBytes(noise);
        Files.write(directory.resolve("encrypted.db"), noise);
        Files.writeString(directory.resolve("text.db"), "these are words, and no database");
        Files.createFile(directory.resolve("empty.db"));
        Files.createDirectory(directory.resolve("folder"));
        DbTrial.execute(directory.resolve("rollback.db"), "CREATE TABLE t (n)");
        db.refused(ExitCode.FAILURE, List.of("encrypted.db", "not a SQLite"), once("encrypted.db"));
        db.refused(ExitCode.FAILURE, List.of("text.db", "not a SQLite"), once("text.db"));
        db.refused(ExitCode.FAILURE, List.of("empty.db", "is empty"), once("empty.db"));
        db.refused(ExitCode.FAILURE, List.of("folder", "is a directory"), once("folder"));
        db.refused(
                ExitCode.FAILURE, List.of("rollback.db", "journal_mode=WAL"), once("rollback.db"));
        db.refused(ExitCode.NOT_FOUND, List.of("none.db", "no replica"), once("none.db"));
        db.refused(
                ExitCode.FAILURE,
                List.of("rollback.db", "WAL"),
                "verify",
                "@rollback.db",
                "@replica");
    }

    private static String[] once(String file) {
        return new String[] {"replicate", "@" + file, "@replica", "--once"};
    }

    @Test
    void refusesWrongCommandLines() throws Exception {
        db.refused(
                ExitCode.USAGE,
                List.of("ftp://", "s3://bucket/path"),
                "replicate",
                "@app.db",
                "ftp://x/y");
        db.refused(ExitCode.USAGE, List.of("gs://"), "restore", "gs://bucket/x", "-o", "@new.db");
        db.refused(ExitCode.USAGE, List.of("missing"), "replicate", "@app.db", "@one", "@other.db");
        db.refused(
                ExitCode.USAGE,
                List.of("twice"),
                "replicate",
                "@app.db",
                "@one",
                "@./app.db",
                "@two");
        db.refused(
                ExitCode.USAGE,
                List.of("same URL"),
                "replicate",
                "@app.db",
                "@one",
                "@b.db",
                "@one");
        db.refused(
                ExitCode.USAGE,
                List.of("xyz"),
                "restore",
                "@replica",
                "-o",
                "@new.db",
                "--txid",
                "xyz");
        db.refused(
                ExitCode.USAGE,
                List.of("today"),
                "restore",
                "@replica",
                "-o",
                "@new.db",
                "--time",
                "today");
        db.refused(ExitCode.USAGE, List.of("--level"), "ls", "@replica", "--level", "10");
    }

    @Test
    void refusesStatesThatAreNotThere() throws Exception {
        db.done("replicate", "@app.db", "@replica", "--once");
        db.refused(
                ExitCode.NOT_FOUND,
                List.of("no transaction 0000000000000fff yet"),
                "restore",
                "@replica",
                "-o",
                "@new.db",
                "--txid",
                "fff");
        db.refused(
                ExitCode.NOT_FOUND,
                List.of("no state of before 2001-01-01T00:00:00Z"),
                "restore",
                "@replica",
                "-o",
                "@new.db",
                "--time",
                "2001-01-01T01:00:00+01:00");
        db.refused(ExitCode.NOT_FOUND, List.of("nowhere"), "restore", "@nowhere", "-o", "@new.db");
        db.refused(ExitCode.NOT_FOUND, List.of("nowhere"), "status", "@nowhere");
        Files.createDirectory(directory.resolve("folder"));
        db.refused(ExitCode.NOT_FOUND, List.of("folder", "no replica"), "ls", "@folder");
        db.refused(
                ExitCode.CONFLICT,
                List.of("app.db is there"),
                "restore",
                "@replica",
                "-o",
                "@app.db");
    }

    @Test
    void namesDamagedAndMissingFiles() throws Exception {
        db.done("replicate", "@app.db", "@replica", "--once");
        db.insert(2);
        db.done("replicate", "@app.db", "@replica", "--once");
        Path snapshot = db.ltx("9/0000000000000001-0000000000000001.ltx");
        byte[] whole = Files.readAllBytes(snapshot);
        byte[] flipped = whole.clone();
        flipped[flipped.length / 2] ^= 4;
        Files.write(snapshot, flipped);
        db.refused(
                ExitCode.DAMAGED,
                List.of(snapshot.getFileName().toString()),
                "restore",
                "@replica",
                "-o",
                "@n");
        Files.write(snapshot, Arrays.copyOf(whole, whole.length / 2));
        db.refused(
                ExitCode.DAMAGED,
                List.of(snapshot.getFileName().toString()),
                "restore",
                "@replica",
                "-o",
                "@n");
        Files.delete(snapshot);
        db.refused(ExitCode.NOT_FOUND, List.of("replica"), "restore", "@replica", "-o", "@n");
    }

    @Test
    void refusesWrongPlaces() throws Exception {
        db.done("replicate", "@app.db", "@replica", "--once");
        Files.writeString(directory.resolve("words"), "these are words");
        Files.createDirectory(directory.resolve("folder"));
        db.refused(ExitCode.FAILURE, List.of("words", "no directory"), "ls", "@words");
        db.refused(
                ExitCode.FAILURE,
                List.of("words", "no directory"),
                "restore",
                "@words",
                "-o",
                "@new.db");
        db.refused(ExitCode.FAILURE, List.of("words"), "replicate", "@app.db", "@words", "--once");
        db.refused(
                ExitCode.CONFLICT,
                List.of("folder is a directory"),
                "restore",
                "@replica",
                "-o",
                "@folder");
        db.refused(
                ExitCode.CONFLICT,
                List.of("no directory", "none"),
                "restore",
                "@replica",
                "-o",
                "@none/new.db");
        db.refused(
                ExitCode.FAILURE, List.of("words", "not a SQLite"), "verify", "@words", "@replica");
        db.refused(
                ExitCode.FAILURE,
                List.of("folder is a directory"),
                "verify",
                "@folder",
                "@replica");
        db.refused(ExitCode.NOT_FOUND, List.of("none.db"), "verify", "@none.db", "@replica");
        db.refused(ExitCode.NOT_FOUND, List.of("nowhere"), "verify", "@app.db", "@nowhere");
    }

    @Test
    void leavesForeignObjectsWhereTheyAre() throws Exception {
        List<Path> foreign =
                List.of(
                        db.replica().resolve("notes.txt"),
                        db.ltx("notes.txt"),
                        db.ltx("0/notes.txt"),
                        db.ltx("0/0000000000000002-0000000000000001.ltx"),
                        db.ltx("12/0000000000000001-0000000000000001.ltx"));
        for (Path file : foreign) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, "not ours");
        }
        db.done("replicate", "@app.db", "@replica", "--once");
        db.insert(2);
        db.done("replicate", "@app.db", "@replica", "--once");
        CommandRun restore = db.run("restore", "@replica", "-o", "@new.db");
        assertThat(restore.exitCode()).as(restore.err()).isZero();
        assertThat(restore.err()).contains("notes.txt", "no LTX file");
        assertThat(DbTrial.numbers(directory.resolve("new.db"))).isEqualTo("1,2");
        for (Path file : foreign) {
            assertThat(Files.readString(file)).isEqualTo("not ours");
        }
    }

    /// A name that is right, and content that is not.
    @Test
    void namesAForeignFileThatHasTheNextName() throws Exception {
        db.done("replicate", "@app.db", "@replica", "--once");
        Path taken = db.ltx("0/0000000000000003-0000000000000003.ltx");
        Files.writeString(taken, "not ours");
        db.refused(
                ExitCode.DAMAGED,
                List.of(taken.getFileName().toString()),
                "restore",
                "@replica",
                "-o",
                "@new.db");
    }

    @Test
    void statusSaysThatAFileIsNoDatabase() throws Exception {
        db.done("replicate", "@app.db", "@replica", "--once");
        assertThat(db.done("status", "@app.db")).doesNotContain("problem");
        Files.writeString(directory.resolve("words.db"), "these are words, and no database");
        CommandRun status = db.run("status", "@words.db", "--json");
        assertThat(status.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(status.err()).contains("words.db is not a SQLite database");
        assertThat(status.out()).contains("\"problem\":\"");
    }
}
