package dev.siltstone.sqlite.replica;

import dev.siltstone.objectstore.BoundedTasks;
import dev.siltstone.rangestore.RangeFile;
import dev.siltstone.rangestore.RemoteRanges;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// The files of a replica at one moment.
///
/// @param where they are, for messages
/// @param files of all levels, in any order
/// @param foreign some names among them that mean nothing here, and are ignored
record ReplicaListing(String where, List<RangeFile> files, List<String> foreign) {
    ReplicaListing {
        files = List.copyOf(files);
        foreign = List.copyOf(foreign);
    }

    /// Takes what is known of a replica; makes no request.
    static ReplicaListing of(RemoteRanges remote) {
        List<RangeFile> files = new ArrayList<>();
        List<String> foreign = new ArrayList<>();
        for (int level = 0; level < remote.known().levels(); level++) {
            files.addAll(remote.known().list(level));
            foreign.addAll(remote.foreignNames(level));
        }
        return new ReplicaListing(remote.toString(), files, foreign);
    }

    /// Takes the files that are older than a time. Where a listing does not tell the exact time of a file that
    /// takes requests: per level, the logarithm of its files. It rests on what is so by construction: in a
    /// level, files that end later are not older.
    ///
    /// @throws IOException if the store fails, or a file is gone meanwhile
    static ReplicaListing before(RemoteRanges remote, Instant time) throws IOException {
        int levels = remote.known().levels();
        List<RangeFile> older = Collections.synchronizedList(new ArrayList<>());
        BoundedTasks.run(
                levels,
                IntStream.range(0, levels)
                        .<BoundedTasks.Task>mapToObj(level ->
                                () -> {
                                    List<RangeFile> all = remote.known().list(level);
                                    older.addAll(all.subList(0, firstNotBefore(remote, all, time)));
                                })
                        .toList());
        ReplicaListing all = of(remote);
        return new ReplicaListing(all.where, older, all.foreign);
    }

    private static int firstNotBefore(RemoteRanges remote, List<RangeFile> files, Instant time)
            throws IOException {
        int low = 0;
        int high = files.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (remote.exact(files.get(middle).id()).created().isBefore(time)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
