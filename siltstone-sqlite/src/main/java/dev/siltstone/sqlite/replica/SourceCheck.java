package dev.siltstone.sqlite.replica;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;

/// Looks at a file before anything is done with it: is it a database that can be replicated?
///
/// It reads the first bytes and asks SQLite nothing, so no lock is taken and no WAL is made or cleared away.
/// What it finds right may still be wrong further in; the replication says so then.
///
/// | offset | bytes | field in a database file | right                                   |
/// |-------:|------:|--------------------------|-----------------------------------------|
/// |      0 |    16 | header string            | `SQLite format 3` and a zero            |
/// |     18 |     1 | write version            | 2: WAL                                  |
/// |     19 |     1 | read version             | 2: WAL                                  |
///
/// @see <a href="https://www.sqlite.org/fileformat2.html">SQLite's file format, section 1.3</a>
public final class SourceCheck {
    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(US_ASCII);
    private static final int HEADER_BYTES = 100;
    private static final int WRITE_VERSION = 18;
    private static final int READ_VERSION = 19;
    private static final int WAL = 2;

    private SourceCheck() {}

    /// Requires a database in WAL mode that this process may write to.
    ///
    /// @throws NoSuchFileException if there is no file
    /// @throws SourceException if it is something else; the message says what, and what would be right
    public static void require(Path database) throws IOException {
        requireFile(database);
        requireWritable(database);
        requireHeader(database);
    }

    /// Requires a database in WAL mode, whoever may write to it.
    ///
    /// @throws NoSuchFileException if there is no file
    /// @throws SourceException if it is something else; the message says what, and what would be right
    public static void requireWalMode(Path database) throws IOException {
        requireFile(database);
        requireHeader(database);
    }

    private static void requireFile(Path database) throws IOException {
        if (Files.isDirectory(database)) {
            throw new SourceException(
                    database + " is a directory; the path of a database file is needed");
        }
        if (!Files.exists(database)) {
            throw new NoSuchFileException(database.toString());
        }
        if (!Files.isRegularFile(database)) {
            throw new SourceException(
                    database + " is no regular file; the path of a database file is needed");
        }
    }

    private static void requireWritable(Path database) throws SourceException {
        Path directory = database.toAbsolutePath().getParent();
        if (!Files.isReadable(database) || !Files.isWritable(database)) {
            throw new SourceException(
                    "%s cannot be %s by this user; a replicator needs both, for SQLite's locks and for its own two tables"
                            .formatted(
                                    database,
                                    Files.isReadable(database) ? "written" : "read and written"));
        }
        if (directory != null && !Files.isWritable(directory)) {
            throw new SourceException(
                    "the directory %s cannot be written by this user; SQLite's WAL and a replicator's own files lie beside the database"
                            .formatted(directory));
        }
    }

    private static void requireHeader(Path database) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        DatabaseFiles.of(database).read(header, 0);
        if (header.position() == 0) {
            throw new SourceException(
                    database
                            + " is empty: no database yet; create its tables and set PRAGMA journal_mode=WAL first");
        }
        byte[] bytes = header.array();
        if (!Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new SourceException(
                    database
                            + " is not a SQLite database, or it is encrypted: it does not begin with \"SQLite format 3\"");
        }
        if (bytes[WRITE_VERSION] != WAL || bytes[READ_VERSION] != WAL) {
            throw new SourceException(
                    database
                            + " is not in WAL mode; replication needs it: PRAGMA journal_mode=WAL");
        }
    }
}
