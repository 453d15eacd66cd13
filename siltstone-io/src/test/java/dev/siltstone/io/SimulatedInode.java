package dev.siltstone.io;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// The bytes of a file of [SimulatedDisk]: as they are, as they were forced, and what was done in between.
///
/// Not thread-safe.
final class SimulatedInode {
    private static final int SECTOR_BYTES = SimulatedDisk.SECTOR_BYTES;

    /// A write, or with `bytes == null` a new length.
    private static final class Change {
        private final long position;
        private final byte[] bytes;
        private final boolean lost;

        Change(long position, byte[] bytes, boolean lost) {
            this.position = position;
            this.bytes = bytes;
            this.lost = lost;
        }

        long end() {
            return bytes == null ? position : position + bytes.length;
        }

        boolean touches(long start, long end) {
            return bytes == null || (position < end && start < end());
        }
    }

    /// Time and attributes of a file.
    private record Metadata(Instant modified, Map<String, String> attributes) {
        private static final Metadata NONE = new Metadata(Instant.EPOCH, Map.of());

        Metadata withAttribute(String name, String value) {
            Map<String, String> more = new TreeMap<>(attributes);
            more.put(name, value);
            return new Metadata(modified, more);
        }
    }

    private Metadata metadata = Metadata.NONE;
    private Metadata durableMetadata = Metadata.NONE;
    private byte[] current;
    private int size;
    private byte[] durable;
    private final List<Change> unforced = new ArrayList<>();

    SimulatedInode(byte[] bytes) {
        current = bytes.clone();
        size = bytes.length;
        durable = bytes.clone();
    }

    SimulatedInode(SimulatedInode other) {
        current = Arrays.copyOf(other.current, other.size);
        size = other.size;
        durable = other.durable.clone();
        unforced.addAll(other.unforced);
        metadata = other.metadata;
        durableMetadata = other.durableMetadata;
    }

    Instant modified() {
        return metadata.modified;
    }

    void setModified(Instant modified) {
        metadata = new Metadata(modified, metadata.attributes);
    }

    Map<String, String> attributes() {
        return metadata.attributes;
    }

    void setAttribute(String name, String value) {
        metadata = metadata.withAttribute(name, value);
    }

    void forceMetadata() {
        durableMetadata = metadata;
    }

    long size() {
        return size;
    }

    byte[] bytes() {
        return Arrays.copyOf(current, size);
    }

    int read(ByteBuffer target, long filePosition) {
        int bytes = Math.clamp(size - filePosition, 0, target.remaining());
        if (bytes > 0) {
            target.put(current, (int) filePosition, bytes);
        }
        return bytes;
    }

    void write(byte[] bytes, long filePosition) {
        if (bytes.length > 0) {
            set(bytes, filePosition);
            unforced.add(new Change(filePosition, bytes, false));
        }
    }

    private void set(byte[] bytes, long filePosition) {
        int end = Math.toIntExact(filePosition + bytes.length);
        if (end > current.length) {
            current = Arrays.copyOf(current, Math.max(end, 2 * current.length));
        }
        System.arraycopy(bytes, 0, current, (int) filePosition, bytes.length);
        size = Math.max(size, end);
    }

    void truncate(long bytes) {
        current = Arrays.copyOf(Arrays.copyOf(current, (int) Math.min(size, bytes)), (int) bytes);
        size = (int) bytes;
        unforced.add(new Change(bytes, null, false));
    }

    void flipBit(long bit) {
        int at = (int) (bit / 8);
        int mask = 1 << (bit % 8);
        current[at] ^= (byte) mask;
        if (at < durable.length) {
            durable[at] ^= (byte) mask;
        }
    }

    /// What was written is durable, except what an earlier force lost and nobody wrote again.
    void force() {
        List<Change> lost = unforced.stream().filter(change -> change.lost).toList();
        byte[] forced = bytes();
        for (Change change : lost) {
            if (change.bytes != null) {
                restore(forced, change);
            }
        }
        durable = forced;
        unforced.clear();
        unforced.addAll(stillLost(lost));
    }

    /// Puts back what was durable before, sector by sector, where only lost writes touched it since.
    private void restore(byte[] forced, Change change) {
        for (long sector = change.position / SECTOR_BYTES * SECTOR_BYTES;
                sector < change.end();
                sector += SECTOR_BYTES) {
            if (isOnlyLost(sector)) {
                int start = (int) sector;
                int end =
                        (int)
                                Math.min(
                                        Math.min(sector + SECTOR_BYTES, forced.length),
                                        durable.length);
                if (start < end) {
                    System.arraycopy(durable, start, forced, start, end - start);
                }
            }
        }
    }

    private boolean isOnlyLost(long sector) {
        return unforced.stream()
                .filter(change ->
                        change.bytes != null && change.touches(sector, sector + SECTOR_BYTES))
                .allMatch(change -> change.lost);
    }

    private List<Change> stillLost(List<Change> lost) {
        return lost.stream()
                .filter(change -> change.bytes != null && change.end() <= durable.length)
                .filter(change -> !Arrays.equals(durableAt(change), change.bytes))
                .toList();
    }

    private byte[] durableAt(Change change) {
        return Arrays.copyOfRange(durable, (int) change.position, (int) change.end());
    }

    /// The force failed: the pages count as clean, what they hold is on the platter or not.
    void failForce() {
        List<Change> lost =
                unforced.stream()
                        .map(change -> new Change(change.position, change.bytes, true))
                        .toList();
        unforced.clear();
        unforced.addAll(lost);
    }

    /// Returns what may be found after a power failure: each sector in one of its versions since the force,
    /// time and attributes as they are or as they were forced.
    SimulatedInode crashed(RandomGenerator random) {
        SimulatedInode found = new SimulatedInode(crash(random));
        boolean isForced = metadata.equals(durableMetadata);
        found.metadata = isForced || random.nextBoolean() ? metadata : durableMetadata;
        found.durableMetadata = found.metadata;
        return found;
    }

    private byte[] crash(RandomGenerator random) {
        if (unforced.isEmpty()) {
            return durable.clone();
        }
        byte[] found = new byte[survivingSize(random)];
        for (int start = 0; start < found.length; start += SECTOR_BYTES) {
            int end = Math.min(start + SECTOR_BYTES, found.length);
            System.arraycopy(version(start, end, random), 0, found, start, end - start);
        }
        return found;
    }

    private int survivingSize(RandomGenerator random) {
        int kept = random.nextInt(unforced.size() + 1);
        long length = durable.length;
        for (Change change : unforced.subList(0, kept)) {
            length = change.bytes == null ? change.position : Math.max(length, change.end());
        }
        return (int) length;
    }

    private byte[] version(int start, int end, RandomGenerator random) {
        byte[] sector = new byte[end - start];
        if (start < durable.length) {
            System.arraycopy(durable, start, sector, 0, Math.min(end, durable.length) - start);
        }
        List<Change> touching =
                unforced.stream().filter(change -> change.touches(start, end)).toList();
        int kept = touching.isEmpty() ? 0 : random.nextInt(touching.size() + 1);
        for (Change change : touching.subList(0, kept)) {
            overlay(sector, start, change);
        }
        return sector;
    }

    private static void overlay(byte[] sector, int start, Change change) {
        for (int i = 0; i < sector.length; i++) {
            long at = (long) start + i;
            if (change.bytes == null) {
                sector[i] = at < change.position ? sector[i] : 0;
            } else if (at >= change.position && at < change.end()) {
                sector[i] = change.bytes[(int) (at - change.position)];
            }
        }
    }
}
