package dev.siltstone.stream;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// What must hold of [EntryFormat#decode] for any bytes, as if a checksum were right by chance: they are
/// refused, or are an entry that has one form only.
public final class EntryFuzz {
    private EntryFuzz() {}

    /// Called by the fuzzer.
    public static void fuzzerTestOneInput(byte[] input) {
        Entry entry;
        try {
            entry = EntryFormat.decode(ByteBuffer.wrap(input));
        } catch (EntryException e) {
            return;
        }
        ByteBuffer once = encoded(entry);
        try {
            ByteBuffer twice = encoded(EntryFormat.decode(once.duplicate()));
            if (!once.equals(twice)) {
                throw new AssertionError(
                        Arrays.toString(once.array())
                                + " became "
                                + Arrays.toString(twice.array()));
            }
        } catch (EntryException e) {
            throw new AssertionError("what was decoded is not decoded again", e);
        }
    }

    private static ByteBuffer encoded(Entry entry) {
        ByteBuffer target = ByteBuffer.allocate(EntryFormat.bytesMax(entry));
        EntryFormat.encode(entry, target);
        return target.flip();
    }
}
