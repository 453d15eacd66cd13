package dev.siltstone.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.Txid;
import dev.siltstone.sqlite.replica.Destination;
import dev.siltstone.sqlite.replica.LitestreamNames;
import dev.siltstone.sqlite.replica.ReplicaRuntime;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `siltstone db ls URL`
@Command(
        name = "ls",
        description = {
            "Lists the files of a replica: level, first and last transaction, bytes, time, name.",
            "Level 0 has transactions as they came, 1 to 8 the same merged, 9 snapshots."
        })
final class DbListCommand implements Callable<Integer> {
    private static final int EXACT_AT_ONCE = 16;

    private final Console console;

    @Parameters(
            paramLabel = "URL",
            converter = ReplicaUrl.Converter.class,
            description = "The replica.")
    @SuppressWarnings("NullAway.Init")
    private ReplicaUrl url;

    @Option(names = "--level", paramLabel = "N", description = "Only this level, 0 to 9.")
    private @Nullable Integer level;

    @Option(
            names = "--exact",
            description =
                    "Ask the store for the time of each file where a listing tells only when it was"
                            + " uploaded: a request per file.")
    private boolean exact;

    @Option(names = "--json", description = "Print a JSON array of objects.")
    private boolean json;

    @Spec
    @SuppressWarnings("NullAway.Init")
    private CommandSpec spec;

    DbListCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        Integer only = level;
        if (only != null && (only < 0 || only >= LitestreamNames.LEVELS)) {
            throw new ParameterException(spec.commandLine(), "--level is 0 to 9, not " + only);
        }
        try (ReplicaRuntime runtime = DbCommand.runtime();
                Destination destination = Destination.openForReading(url.store(), runtime)) {
            RemoteRanges remote = destination.remote();
            ForeignNames.warn(console, remote);
            List<RangeFile> files = files(remote, only);
            if (files.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.NOT_FOUND,
                        url + (only == null ? ": there is no replica" : ": that level is empty"));
            }
            print(remote, files);
        }
        return ExitCode.SUCCESS;
    }

    private List<RangeFile> files(RemoteRanges remote, @Nullable Integer only) throws IOException {
        List<RangeFile> files = new ArrayList<>();
        for (int each = 0; each < remote.known().levels(); each++) {
            if (only == null || only == each) {
                if (exact) {
                    remote.makeExact(
                            remote.known().list(each).stream().map(RangeFile::id).toList(),
                            EXACT_AT_ONCE);
                }
                files.addAll(remote.known().list(each));
            }
        }
        return files;
    }

    private void print(RemoteRanges remote, List<RangeFile> files) throws IOException {
        StringBuilder text = new StringBuilder(json ? "[" : "");
        for (RangeFile file : files) {
            if (json) {
                text.append(text.length() == 1 ? "" : ",\n")
                        .append(Json.write(object(remote, file)));
            } else {
                text.append(line(remote, file)).append('\n');
            }
        }
        console.out().write(text.append(json ? "]\n" : "").toString().getBytes(UTF_8));
        console.out().flush();
    }

    private static String line(RemoteRanges remote, RangeFile file) {
        return "%d  %s-%s  %10d  %s  %s"
                .formatted(
                        file.id().level(),
                        new Txid(file.id().first()),
                        new Txid(file.id().last()),
                        file.bytes(),
                        file.created(),
                        remote.key(file.id()).value());
    }

    private static Map<String, @Nullable Object> object(RemoteRanges remote, RangeFile file) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("level", file.id().level());
        object.put("first", new Txid(file.id().first()).toString());
        object.put("last", new Txid(file.id().last()).toString());
        object.put("bytes", file.bytes());
        object.put("time", file.created().toString());
        object.put("name", remote.key(file.id()).value());
        return object;
    }
}
