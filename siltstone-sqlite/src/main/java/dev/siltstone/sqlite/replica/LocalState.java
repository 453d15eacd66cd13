package dev.siltstone.sqlite.replica;

import dev.siltstone.io.Disk;
import dev.siltstone.io.PathFacts;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RangeId;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a replicator has on this machine, as anybody may see it beside the running one: nothing is opened,
/// swept or locked.
///
/// @param transactions the files of level 0, in the order of their TXIDs
/// @param walBytes size of the `-wal` file; 0 if there is none
public record LocalState(List<RangeFile> transactions, long walBytes) {
    public LocalState {
        transactions = List.copyOf(transactions);
    }

    /// Looks at the meta directory of a database.
    public static LocalState of(Disk disk, Path database) throws IOException {
        Path folder = MetaDirectory.of(database).root().resolve(LitestreamNames.FILES.folder(0));
        List<RangeFile> files = new ArrayList<>();
        for (Path path : disk.exists(folder) ? disk.list(folder) : List.<Path>of()) {
            String name = LitestreamNames.FILES.folder(0) + path.getFileName();
            Optional<RangeId> id = LitestreamNames.FILES.idOf(name);
            Optional<PathFacts> facts = id.isEmpty() ? Optional.empty() : facts(disk, path);
            facts.ifPresent(found ->
                    files.add(new RangeFile(id.orElseThrow(), found.bytes(), found.modified())));
        }
        long walBytes =
                facts(disk, database.resolveSibling(database.getFileName() + "-wal"))
                        .map(PathFacts::bytes)
                        .orElse(0L);
        return new LocalState(files, walBytes);
    }

    private static Optional<PathFacts> facts(Disk disk, Path path) throws IOException {
        try {
            return Optional.of(disk.facts(path));
        } catch (NoSuchFileException e) {
            return Optional.empty(); // let go at this moment, or never there
        }
    }

    /// Returns the last transaction that is durable here; zero if there is none.
    public Txid newest() {
        return transactions.isEmpty() ? Txid.ZERO : new Txid(transactions.getLast().id().last());
    }

    /// Returns the files that end after a transaction.
    public List<RangeFile> after(Txid txid) {
        return transactions.stream()
                .filter(file -> new Txid(file.id().last()).isAfter(txid))
                .toList();
    }

    /// Returns when the oldest of the files after a transaction was made.
    public Optional<Instant> waitingSince(Txid txid) {
        return after(txid).stream().map(RangeFile::created).min(Instant::compareTo);
    }
}
