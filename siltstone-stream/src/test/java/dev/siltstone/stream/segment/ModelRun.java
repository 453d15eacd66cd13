package dev.siltstone.stream.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// What a run should hold.
final class ModelRun {
    record Message(long wireByte, int length, boolean beginsAppend, long time) {
        long end() {
            return wireByte + length;
        }
    }

    final long base;
    final List<Message> messages;

    /// From `base` on.
    final byte[] bytes;

    ModelRun(long base, List<Message> messages, byte[] bytes) {
        this.base = base;
        this.messages = messages;
        this.bytes = bytes;
    }

    /// Makes one of whole appends.
    static ModelRun random(SplittableRandom random, long base, int appends, int messageBytesMax) {
        List<Message> messages = new ArrayList<>();
        long at = base;
        long time = 1_700_000_000_000L + random.nextInt(1000);
        for (int i = 0; i < appends; i++) {
            time += random.nextInt(4) == 0 ? 0 : random.nextLong(100_000);
            int count = random.nextInt(3) == 0 ? 1 + random.nextInt(9) : 1;
            for (int j = 0; j < count; j++) {
                int length = 1 + random.nextInt(messageBytesMax);
                messages.add(new Message(at, length, j == 0, time));
                at += length;
            }
        }
        byte[] bytes = new byte[(int) (at - base)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            Arrays.fill(bytes, (byte) 7); // what compresses well
        }
        return new ModelRun(base, messages, bytes);
    }

    long end() {
        return base + bytes.length;
    }

    /// Returns the part made of the messages from index `from` to `to`.
    ModelRun part(int from, int to) {
        List<Message> some = List.copyOf(messages.subList(from, to));
        long start = some.getFirst().wireByte();
        return new ModelRun(
                start,
                some,
                Arrays.copyOfRange(
                        bytes, (int) (start - base), (int) (some.getLast().end() - base)));
    }

    /// Returns what is left if only messages that reach into a range stay; `null` if none does.
    ModelRun kept(long from, long to) {
        int first = 0;
        while (first < messages.size() && messages.get(first).end() <= from) {
            first++;
        }
        int last = first;
        while (last < messages.size() && messages.get(last).wireByte() < to) {
            last++;
        }
        return first == last ? null : part(first, last);
    }

    /// Writes it in pieces.
    void write(SegmentWriter writer, long key, SplittableRandom random) throws IOException {
        writer.beginRun(key, base);
        int at = 0;
        for (Message message : messages) {
            writer.message(message.length(), message.beginsAppend(), message.time());
            if (random.nextInt(5) == 0) {
                int end = (int) (message.end() - base);
                writer.write(ByteBuffer.wrap(bytes, at, end - at));
                at = end;
            }
        }
        writer.write(ByteBuffer.wrap(bytes, at, bytes.length - at));
        writer.endRun();
    }

    /// Compares everything that a run can tell, some of it at random places.
    void compare(RunSource run, SplittableRandom random) throws IOException {
        assertThat(run.base()).isEqualTo(base);
        assertThat(run.end()).isEqualTo(end());
        assertThat(read(run, base, end())).isEqualTo(bytes);
        assertThat(messagesFrom(run, base)).isEqualTo(messages);
        for (int i = 0; i < 5; i++) {
            int index = random.nextInt(messages.size());
            Message message = messages.get(index);
            long within = message.wireByte() + random.nextInt(message.length());
            long to = within + random.nextLong(end() - within + 1);
            assertThat(read(run, within, to))
                    .isEqualTo(Arrays.copyOfRange(bytes, (int) (within - base), (int) (to - base)));
            assertThat(messagesFrom(run, within))
                    .isEqualTo(messages.subList(index, messages.size()));
            assertThat(run.isMessageBoundary(within)).isEqualTo(within == message.wireByte());
            assertThat(run.messageEnd(within + 1)).isEqualTo(message.end());
            assertThat(run.timeOf(within)).isEqualTo(message.time());
            int next = index + 1;
            while (next < messages.size() && !messages.get(next).beginsAppend()) {
                next++;
            }
            assertThat(run.appendEnd(within)).isEqualTo(messages.get(next - 1).end());
        }
        assertThat(run.isMessageBoundary(end())).isTrue();
    }

    static byte[] read(RunSource run, long from, long to) throws IOException {
        ByteBuffer target = ByteBuffer.allocate((int) (to - from));
        run.read(from, target);
        assertThat(target.hasRemaining()).isFalse();
        return target.array();
    }

    static List<Message> messagesFrom(RunSource run, long wireByte) throws IOException {
        List<Message> found = new ArrayList<>();
        run.visitMessages(
                wireByte,
                (at, length, beginsAppend, time) ->
                        found.add(new Message(at, length, beginsAppend, time)));
        return found;
    }
}
