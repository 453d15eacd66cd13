package dev.siltstone.cli;

import dev.siltstone.journal.JournalSettings;
import dev.siltstone.journal.LeaderMode;
import dev.siltstone.server.ServerSettings;
import dev.siltstone.server.http.HttpLimits;
import dev.siltstone.stream.SettlingSettings;
import dev.siltstone.stream.StreamLogSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What `serve` may be told, and the settings that follow from it.
final class ServeOptions {
    private static final long BODY_BYTES_MAX = 16 << 20;

    /// So that all that follows from it can be counted by an `int`.
    private static final long BODY_BYTES_LIMIT = 1 << 30;

    private static final long CACHE_BYTES_MAX = 1 << 30;

    /// Journal files that may wait to be settled, however large they are.
    private static final long UNSETTLED_FILES_MIN = 4;

    /// What an entry takes beside a body: path, types, producer. JSON of many tiny messages needs half
    /// its size once more for their lengths.
    private static final long ENTRY_OVERHEAD_BYTES = 8 << 10;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "./siltstone-data",
            description = "Data directory; created if needed (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Path data;

    @Option(
            names = "--host",
            paramLabel = "HOST",
            defaultValue = "127.0.0.1",
            description =
                    "Address to listen on (default: ${DEFAULT-VALUE}). Any that others can reach"
                            + " needs --token-file or --insecure.")
    @SuppressWarnings("NullAway.Init")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Port to listen on (default: ${DEFAULT-VALUE}); 0 for any that is free.")
    private int port = ServerSettings.DEFAULT_PORT;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Let in only who sends one of these bearer tokens, one a line.")
    private @Nullable Path tokenFile;

    @Option(
            names = "--insecure",
            description =
                    "Let in everybody who reaches the address, even if it is no loopback one.")
    private boolean insecure;

    @Option(
            names = "--cors-origin",
            paramLabel = "ORIGIN",
            defaultValue = "*",
            description = "Web pages that may use this server (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private String corsOrigin;

    @Option(
            names = "--long-poll-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "30s",
            description =
                    "How long a long poll waits: 500ms, 30s; a bare number is milliseconds"
                            + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration longPollTimeout;

    @Option(
            names = "--event-stream-lifetime",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "60s",
            description = "Close event streams after about so long (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration eventStreamLifetime;

    @Option(
            names = "--max-body",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            description =
                    "Most bytes in one append (default: 16M, or what fits in a journal file).")
    private @Nullable Long bodyBytesMax;

    @Option(
            names = "--journal-file",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "64M",
            description = "Size of a journal file (default: ${DEFAULT-VALUE}).")
    private long journalFileBytes;

    @Option(
            names = "--settle-interval",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "60s",
            description =
                    "Move what was appended from the journal into segments at least so often; a full"
                            + " journal file at once (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration settleInterval;

    @Option(
            names = "--settle-entries",
            paramLabel = "N",
            description =
                    "Do so as well as soon as so many entries wait (default: however many there are).")
    private @Nullable Long settleEntries;

    @Option(
            names = "--cache",
            paramLabel = "SIZE",
            converter = SizeConverter.class,
            defaultValue = "32M",
            description = "Memory outside the heap for the catalog (default: ${DEFAULT-VALUE}).")
    private long cacheBytes;

    @Option(
            names = "--leader",
            paramLabel = "MODE",
            defaultValue = "adaptive",
            description =
                    "Who forces the log: caller, dedicated, or adaptive to the disk"
                            + " (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private LeaderMode leader;

    @Option(
            names = "--event-loops",
            paramLabel = "N",
            defaultValue = "0",
            description = "Threads that serve connections (default: half the cores).")
    private int eventLoops;

    @Option(
            names = "--stop-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            defaultValue = "10s",
            description = "How long a stop waits for requests (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init")
    private Duration stopTimeout;

    Path data() {
        return data;
    }

    ServerSettings serverSettings() throws CommandFailure {
        try {
            HttpLimits limits =
                    HttpLimits.defaults()
                            .withBodyBytesMax((int) bodyBytesMax())
                            .withLongPollTimeout(longPollTimeout)
                            .withEventStreamLifetime(eventStreamLifetime);
            return ServerSettings.defaults()
                    .withAddress(InetAddress.getByName(host))
                    .withPort(port)
                    .withTokenFile(tokenFile)
                    .withInsecure(insecure)
                    .withCorsOrigin(corsOrigin)
                    .withEventLoops(eventLoops)
                    .withStopTimeout(stopTimeout)
                    .withLimits(limits);
        } catch (UnknownHostException e) {
            throw new CommandFailure(ExitCode.USAGE, "--host " + host + ": no such host", e);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    StreamLogSettings logSettings() throws CommandFailure {
        int entryBytes = (int) (bodyBytesMax() * 3 / 2 + ENTRY_OVERHEAD_BYTES);
        int batchBytes = (int) (entryBytes + ENTRY_OVERHEAD_BYTES);
        SettlingSettings settling = settlingSettings();
        try {
            JournalSettings journal = JournalSettings.ofFileBytes(journalFileBytes);
            return StreamLogSettings.defaults()
                    .withLeader(leader)
                    .withSettling(settling)
                    .withJournal(
                            journal.withBatchBytesMax(Math.max(journal.batchBytesMax(), batchBytes))
                                    .withEntryBytesMax(entryBytes));
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitCode.USAGE, "--journal-file: " + e.getMessage(), e);
        }
    }

    private SettlingSettings settlingSettings() throws CommandFailure {
        if (cacheBytes < SettlingSettings.CACHE_BYTES_MIN || cacheBytes > CACHE_BYTES_MAX) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--cache: %d bytes; 1M to 1G are possible".formatted(cacheBytes));
        }
        if (settleEntries != null && settleEntries < 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--settle-entries: %d; 1 or more are possible".formatted(settleEntries));
        }
        SettlingSettings usual = SettlingSettings.defaults();
        return usual.withInterval(settleInterval)
                .withEntriesWanted(settleEntries != null ? settleEntries : usual.entriesWanted())
                .withCacheBytes((int) cacheBytes)
                .withUnsettledBytesMax(
                        Math.max(
                                usual.unsettledBytesMax(), UNSETTLED_FILES_MIN * journalFileBytes));
    }

    /// Returns the largest body: what was asked for, if the largest entry that follows from it fits in a
    /// journal file; otherwise the usual one, or the largest that fits.
    private long bodyBytesMax() throws CommandFailure {
        long fits = (journalFileBytes - 3 * ENTRY_OVERHEAD_BYTES) * 2 / 3;
        if (fits < 1) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--journal-file: files of "
                            + journalFileBytes
                            + " bytes are too small; 64k are enough for tests");
        }
        long bytes = bodyBytesMax != null ? bodyBytesMax : Math.min(BODY_BYTES_MAX, fits);
        if (bytes < 1 || bytes > Math.min(fits, BODY_BYTES_LIMIT)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--max-body: bodies of up to "
                            + bytes
                            + " bytes do not fit in journal files of "
                            + journalFileBytes
                            + " bytes; see --journal-file");
        }
        return bytes;
    }
}
