package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Bytes of a [StoredStream]: the column `state` of the catalog. Its id and path stand in columns of their own, and
/// the checksum covers them too. Fixed-size fields are big-endian; a *number* is an unsigned LEB128 varint of 64
/// bits; a *text* is a number of bytes and so many bytes of UTF-8.
///
/// | field       | bytes    | meaning                                                                      |
/// |-------------|---------:|------------------------------------------------------------------------------|
/// | crc32c      |        4 | of the id (8 bytes), the path's UTF-8, and all that follows                  |
/// | version     |        1 | 1                                                                            |
/// | flags       |        1 | 1 closed, 2 fork, 4 lifetime inherited, 8 fork offset given, 16 softly deleted, 32 closed by a producer, 64 Stream-Seq, 128 producers |
/// | lifetime    |        1 | 0 for ever, 1 idle for, 2 until                                              |
/// | lifetime    |   number | seconds, or milliseconds since 1970; not with 0                              |
/// | tail        |   number | wire bytes                                                                   |
/// | forks       |   number |                                                                              |
/// | lastUse     |   number | milliseconds since 1970                                                      |
/// | contentType |     text |                                                                              |
/// | fork        | 6 numbers, text | lineage, source id, wire byte of the fork, lineage and wire byte of the offset asked for (0 without flag 8), sub-offset; source path; with flag 2 |
/// | closedBy    | text, 2 numbers | id, epoch, sequence; with flag 32                                     |
/// | streamSeq   |     text | with flag 64                                                                 |
/// | producers   | number, then each text, 3 numbers | count; id, epoch, last sequence, last use, in the order of last use; with flag 128 |
final class StateFormat {
    private static final int VERSION = 1;
    private static final int CRC_BYTES = 4;

    private static final int CLOSED = 1;
    private static final int FORK = 2;
    private static final int LIFETIME_INHERITED = 4;
    private static final int FORK_OFFSET = 8;
    private static final int SOFT_DELETED = 16;
    private static final int CLOSED_BY = 32;
    private static final int STREAM_SEQ = 64;
    private static final int PRODUCERS = 128;

    private static final int LIFETIME_FOREVER = 0;
    private static final int LIFETIME_IDLE_FOR = 1;
    private static final int LIFETIME_UNTIL = 2;

    private static final int PRODUCER_BYTES_MIN = 4;

    private StateFormat() {}

    static byte[] encode(StoredStream stream) {
        var target = new ByteArrayOutputStream(64);
        target.writeBytes(new byte[CRC_BYTES]);
        target.write(VERSION);
        target.write(flags(stream));
        putLifetime(target, stream.lifetime());
        putNumber(target, stream.tail());
        putNumber(target, stream.forks());
        putNumber(target, stream.lastUse());
        putText(target, stream.contentType());
        Entry.Fork fork = stream.fork();
        if (fork != null) {
            putFork(target, stream.lineage(), fork);
        }
        Producer closedBy = stream.closedBy();
        if (closedBy != null) {
            putText(target, closedBy.id());
            putNumber(target, closedBy.producerEpoch());
            putNumber(target, closedBy.sequence());
        }
        String streamSeq = stream.streamSeq();
        if (streamSeq != null) {
            putText(target, streamSeq);
        }
        putProducers(target, stream.producers());
        byte[] bytes = target.toByteArray();
        ByteBuffer.wrap(bytes).putInt(0, crc(stream.id(), stream.path(), bytes));
        return bytes;
    }

    private static int flags(StoredStream stream) {
        int flags = stream.closed() ? CLOSED : 0;
        Entry.Fork fork = stream.fork();
        if (fork != null) {
            flags |= FORK;
            flags |= fork.lifetimeInherited() ? LIFETIME_INHERITED : 0;
            flags |= fork.request().offset() != null ? FORK_OFFSET : 0;
        }
        flags |= stream.status() == StreamState.Status.SOFT_DELETED ? SOFT_DELETED : 0;
        flags |= stream.closedBy() != null ? CLOSED_BY : 0;
        flags |= stream.streamSeq() != null ? STREAM_SEQ : 0;
        return flags | (stream.producers().isEmpty() ? 0 : PRODUCERS);
    }

    private static void putLifetime(ByteArrayOutputStream target, Lifetime lifetime) {
        switch (lifetime) {
            case Lifetime.Forever _ -> target.write(LIFETIME_FOREVER);
            case Lifetime.IdleFor idle -> {
                target.write(LIFETIME_IDLE_FOR);
                putNumber(target, idle.seconds());
            }
            case Lifetime.Until until -> {
                target.write(LIFETIME_UNTIL);
                putNumber(target, until.time().toEpochMilli());
            }
        }
    }

    private static void putFork(ByteArrayOutputStream target, long lineage, Entry.Fork fork) {
        ForkPoint request = fork.request();
        Offset offset = request.offset();
        putNumber(target, lineage);
        putNumber(target, fork.sourceId());
        putNumber(target, fork.forkByte());
        putNumber(target, offset == null ? 0 : offset.lineage());
        putNumber(target, offset == null ? 0 : offset.wireByte());
        putNumber(target, request.subOffset());
        putText(target, request.sourcePath());
    }

    private static void putProducers(
            ByteArrayOutputStream target, List<ProducerStates.Named> producers) {
        if (producers.isEmpty()) {
            return;
        }
        putNumber(target, producers.size());
        for (ProducerStates.Named producer : producers) {
            putText(target, producer.id());
            putNumber(target, producer.state().producerEpoch());
            putNumber(target, producer.state().lastSequence());
            putNumber(target, producer.state().lastUse());
        }
    }

    private static void putText(ByteArrayOutputStream target, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        putNumber(target, bytes.length);
        target.writeBytes(bytes);
    }

    private static void putNumber(ByteArrayOutputStream target, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        target.write((int) rest);
    }

    private static int crc(long id, String path, byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, id));
        crc.update(path.getBytes(UTF_8));
        crc.update(bytes, CRC_BYTES, bytes.length - CRC_BYTES);
        return (int) crc.getValue();
    }

    /// Reads the state of a stream.
    ///
    /// @throws CatalogBytesException if the checksum is wrong, the version unknown, or the bytes make no sense
    static StoredStream decode(long id, String path, byte[] bytes) throws CatalogBytesException {
        ByteBuffer source = ByteBuffer.wrap(bytes);
        try {
            int expected = source.getInt();
            int actual = crc(id, path, bytes);
            if (expected != actual) {
                throw new CatalogBytesException(
                        "crc32c expected %08x, actual %08x".formatted(expected, actual));
            }
            int version = source.get();
            if (version != VERSION) {
                throw new CatalogBytesException(
                        "has version %d; this program reads version %d"
                                .formatted(version, VERSION));
            }
            StoredStream stream = decode(id, path, source);
            if (source.hasRemaining()) {
                throw new CatalogBytesException(source.remaining() + " bytes after the end");
            }
            return stream;
        } catch (BufferUnderflowException e) {
            throw new CatalogBytesException("ends early, after " + bytes.length + " bytes");
        } catch (IllegalArgumentException e) {
            throw new CatalogBytesException(String.valueOf(e.getMessage()));
        }
    }

    private static StoredStream decode(long id, String path, ByteBuffer source)
            throws CatalogBytesException {
        int flags = Byte.toUnsignedInt(source.get());
        Lifetime lifetime = lifetime(source);
        long tail = number(source);
        int forks = Math.toIntExact(Math.min(number(source), Integer.MAX_VALUE));
        long lastUse = number(source);
        String contentType = text(source);
        boolean forked = (flags & FORK) != 0;
        long lineage = forked ? number(source) : id;
        Entry.Fork fork = forked ? fork(source, flags) : null;
        Producer closedBy =
                (flags & CLOSED_BY) == 0
                        ? null
                        : new Producer(text(source), number(source), number(source));
        String streamSeq = (flags & STREAM_SEQ) == 0 ? null : text(source);
        return new StoredStream(
                id,
                path,
                contentType,
                lifetime,
                lineage,
                fork,
                (flags & SOFT_DELETED) == 0
                        ? StreamState.Status.LIVE
                        : StreamState.Status.SOFT_DELETED,
                tail,
                (flags & CLOSED) != 0,
                closedBy,
                streamSeq,
                (flags & PRODUCERS) == 0 ? List.of() : producers(source),
                forks,
                lastUse);
    }

    private static Lifetime lifetime(ByteBuffer source) throws CatalogBytesException {
        int kind = source.get();
        return switch (kind) {
            case LIFETIME_FOREVER -> Lifetime.FOREVER;
            case LIFETIME_IDLE_FOR -> new Lifetime.IdleFor(number(source));
            case LIFETIME_UNTIL -> new Lifetime.Until(Instant.ofEpochMilli(number(source)));
            default -> throw new CatalogBytesException("unknown lifetime " + kind);
        };
    }

    private static Entry.Fork fork(ByteBuffer source, int flags) throws CatalogBytesException {
        long sourceId = number(source);
        long forkByte = number(source);
        Offset asked = new Offset(number(source), number(source));
        @Nullable Offset offset = (flags & FORK_OFFSET) == 0 ? null : asked;
        long subOffset = number(source);
        ForkPoint request = new ForkPoint(text(source), offset, subOffset);
        return new Entry.Fork(sourceId, forkByte, request, (flags & LIFETIME_INHERITED) != 0);
    }

    private static List<ProducerStates.Named> producers(ByteBuffer source)
            throws CatalogBytesException {
        long count = number(source);
        if (count < 1 || count > source.remaining() / PRODUCER_BYTES_MIN) {
            throw new CatalogBytesException("a count of %d producers".formatted(count));
        }
        List<ProducerStates.Named> producers = new ArrayList<>((int) count);
        for (long i = 0; i < count; i++) {
            producers.add(
                    new ProducerStates.Named(
                            text(source),
                            new ProducerStates.State(
                                    number(source), number(source), number(source))));
        }
        return producers;
    }

    private static String text(ByteBuffer source) throws CatalogBytesException {
        long length = number(source);
        if (length < 0 || length > source.remaining()) {
            throw new CatalogBytesException("a text of %d bytes".formatted(length));
        }
        byte[] bytes = new byte[(int) length];
        source.get(bytes);
        return new String(bytes, UTF_8);
    }

    private static long number(ByteBuffer source) throws CatalogBytesException {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = source.get();
            number |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return number;
            }
        }
        throw new CatalogBytesException("a number of more than 64 bits");
    }
}
