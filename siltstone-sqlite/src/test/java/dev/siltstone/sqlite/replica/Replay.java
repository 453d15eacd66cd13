package dev.siltstone.sqlite.replica;

import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import dev.siltstone.sqlite.ltx.LtxReader;
import dev.siltstone.sqlite.ltx.Txid;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// The plainest of restores, to judge replication by: every file after the newest snapshot, in order.
final class Replay {
    private final RemoteRanges remote;

    Replay(RemoteRanges remote) {
        this.remote = remote;
    }

    /// Writes the database as it was after a transaction.
    void to(Path file, Txid txid) throws IOException {
        try (FileChannel target =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            long at = 0;
            for (RangeFile one : plan(txid)) {
                if (at > 0 && one.id().first() != at + 1) {
                    throw new AssertionError("a gap before " + one.id());
                }
                apply(one, target);
                at = one.id().last();
            }
            if (at != txid.value()) {
                throw new AssertionError("got to " + at + ", not to " + txid);
            }
        }
    }

    private List<RangeFile> plan(Txid txid) {
        List<RangeFile> plan = new ArrayList<>();
        remote.known().list(9).stream()
                .filter(file -> file.id().last() <= txid.value())
                .reduce((a, b) -> b)
                .ifPresent(plan::add);
        long from = plan.isEmpty() ? 0 : plan.getFirst().id().last();
        remote.known().list(0).stream()
                .filter(file -> file.id().first() > from && file.id().last() <= txid.value())
                .forEach(plan::add);
        return plan;
    }

    private void apply(RangeFile file, FileChannel target) throws IOException {
        try (ObjectContent content = remote.get(file.id());
                LtxReader reader = new LtxReader(file.id().toString(), content.stream())) {
            int pageSize = reader.header().pageSize();
            while (reader.next()) {
                ByteBuffer page = reader.page();
                target.write(page, (reader.pgno() - 1) * pageSize);
            }
            reader.trailer();
            long bytes = reader.header().commit() * pageSize;
            if (target.size() < bytes) {
                target.write(ByteBuffer.allocate(1), bytes - 1);
            }
            target.truncate(bytes);
        }
    }
}
