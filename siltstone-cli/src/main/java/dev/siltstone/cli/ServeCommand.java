package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.io.DiskLockedException;
import dev.siltstone.journal.JournalDamagedException;
import dev.siltstone.server.ServerSettings;
import dev.siltstone.server.SiltstoneServer;
import dev.siltstone.stream.StreamLog;
import dev.siltstone.stream.StreamLogSettings;
import java.io.IOException;
import java.net.BindException;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `siltstone serve`
///
/// Runs until the process is asked to end (SIGTERM, SIGINT); then it answers what it accepted, closes the
/// log and exits with 0. One line on standard output says where it serves, once it answers there.
@Command(
        name = "serve",
        description = {
            "Serves the streams of a data directory over HTTP, until it gets SIGTERM or SIGINT.",
            "Prints one line with its address once it answers."
        })
final class ServeCommand implements Callable<Integer> {
    private final Console console;

    @Mixin private final ServeOptions options = new ServeOptions();

    ServeCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure, InterruptedException {
        Logger logger = LoggerFactory.getLogger("siltstone");
        ServerSettings settings = options.serverSettings();
        SqliteLibrary.prepare(console.environment());
        StreamLog log = open(options.logSettings().withNotices(logger::warn));
        SiltstoneServer server = start(log, settings);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, log, logger), "stop"));
        announce(server);
        new CountDownLatch(1).await();
        return ExitCode.SUCCESS;
    }

    private StreamLog open(StreamLogSettings settings) throws IOException, CommandFailure {
        try {
            return StreamLog.open(options.data(), settings);
        } catch (DiskLockedException e) {
            throw new CommandFailure(ExitCode.LOCKED, String.valueOf(e.getMessage()), e);
        } catch (JournalDamagedException e) {
            throw new CommandFailure(ExitCode.DAMAGED, String.valueOf(e.getMessage()), e);
        }
    }

    private static SiltstoneServer start(StreamLog log, ServerSettings settings)
            throws IOException, CommandFailure {
        try {
            return SiltstoneServer.start(
                    log, settings, InstantSource.system(), new SplittableRandom());
        } catch (IOException | RuntimeException e) {
            log.close();
            throw new CommandFailure(
                    e instanceof BindException ? ExitCode.UNAVAILABLE : ExitCode.USAGE,
                    String.valueOf(e.getMessage()),
                    e);
        }
    }

    private void announce(SiltstoneServer server) throws IOException {
        String line =
                "siltstone "
                        + Version.number()
                        + " serving "
                        + options.data()
                        + " at "
                        + server.url()
                        + "/v1/stream/\n";
        console.out().write(line.getBytes(UTF_8));
        console.out().flush();
    }

    /// Ends the process as if it had ended by itself: the exit code is ours, not that of the signal.
    private static void end(SiltstoneServer server, StreamLog log, Logger logger) {
        int exitCode = ExitCode.SUCCESS;
        try {
            server.stop();
            log.close();
        } catch (IOException | RuntimeException e) {
            logger.error("could not stop in good order: {}", e.getMessage(), e);
            exitCode = ExitCode.FAILURE;
        }
        Runtime.getRuntime().halt(exitCode);
    }
}
