package dev.siltstone.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Bytes of an [Entry]: the payload of one journal entry. Big-endian; the journal's checksum covers all.
///
/// | offset | bytes | field    | meaning                                                       |
/// |-------:|------:|----------|---------------------------------------------------------------|
/// |      0 |     1 | kind     | 1 opened, 2 created, 3 appended, 4 deleted, 5 expired, 6 touched |
/// |      1 |     1 | version  | of the kind; 1, or 2 of appended: see below                   |
/// |      2 |     8 | time     | milliseconds since 1970                                       |
/// |     10 |     8 | id       | stream id; opened: writerEpoch; created: 0 (it is the entry's position) |
/// |     18 |     n | body     | by kind, below; deleted, expired and touched have none        |
///
/// *text* is a length of two bytes and so many bytes of UTF-8. *content* is a count of JSON messages of
/// four bytes (0: not JSON), if there are two or more the length of each as a LEB128 varint, and then,
/// to the end of the payload, the stream's bytes.
///
/// | created     | bytes | meaning                                                            |
/// |-------------|------:|--------------------------------------------------------------------|
/// | flags       |     1 | 1 closed, 2 fork, 4 lifetime inherited, 8 fork offset given         |
/// | lifetime    |     1 | 0 for ever, 1 idle for, 2 until                                    |
/// | lifetime    |     8 | 0, seconds, or milliseconds since 1970                             |
/// | path        |  text |                                                                    |
/// | contentType |  text |                                                                    |
/// | fork        |  8, 8 | source id, wire byte of the fork; with flag 2 only, as is the rest |
/// | request     | 8, 8, 8, text | lineage and wire byte of the offset asked for (0 without flag 8), sub-offset, source path |
/// | content     |       |                                                                    |
///
/// | appended  |      bytes | meaning                                                 |
/// |-----------|-----------:|---------------------------------------------------------|
/// | flags     |          1 | 1 closes the stream, 2 producer, 4 Stream-Seq           |
/// | wireByte  |          8 | where in the stream the content begins                  |
/// | producer  | text, 8, 8 | id, epoch, sequence; with flag 2                        |
/// | streamSeq |       text | with flag 4                                             |
/// | content   |            |                                                         |
///
/// Appended has version 2 since most entries are short ones of that kind, in which each byte counts; version 1, above,
/// is read and not written. A *varint* is an unsigned LEB128 of at most ten bytes.
///
/// | appended, version 2 |      bytes | meaning                                       |
/// |---------------------|-----------:|-----------------------------------------------|
/// | kind, version       |       1, 1 | 3, 2                                          |
/// | flags               |          1 | as in version 1                               |
/// | time                |     varint | milliseconds since 1970                       |
/// | id                  |     varint | stream id                                     |
/// | wireByte            |     varint | where in the stream the content begins        |
/// | producer            | text, 8, 8 | id, epoch, sequence; with flag 2              |
/// | streamSeq           |       text | with flag 4                                   |
/// | messages            |     varint | their count; 0: not JSON                      |
/// | lengths             |    varints | of each message, if there are two or more     |
/// | bytes               |          n | the stream's, to the end of the payload       |
final class EntryFormat {
    private static final int VERSION = 1;
    private static final int APPENDED_VERSION = 2;

    private static final int OPENED = 1;
    private static final int CREATED = 2;
    private static final int APPENDED = 3;
    private static final int DELETED = 4;
    private static final int EXPIRED = 5;
    private static final int TOUCHED = 6;

    private static final int HEAD_BYTES = 18;

    private static final int CREATED_CLOSED = 1;
    private static final int CREATED_FORK = 2;
    private static final int CREATED_LIFETIME_INHERITED = 4;
    private static final int CREATED_FORK_OFFSET = 8;
    private static final int CREATED_FLAGS = 15;

    private static final int APPENDED_CLOSE = 1;
    private static final int APPENDED_PRODUCER = 2;
    private static final int APPENDED_STREAM_SEQ = 4;
    private static final int APPENDED_FLAGS = 7;

    private static final int LIFETIME_FOREVER = 0;
    private static final int LIFETIME_IDLE_FOR = 1;
    private static final int LIFETIME_UNTIL = 2;

    private static final int VARINT_BYTES_MAX = 5;
    private static final int VARLONG_BYTES_MAX = 10;
    private static final int TEXT_BYTES_MAX = 0xFFFF;
    private static final int[] NO_MESSAGES = {};

    private EntryFormat() {}

    /// Returns an upper bound of the encoded size, in bytes; close to the real one.
    static int bytesMax(Entry entry) {
        return switch (entry) {
            case Entry.Opened _, Entry.Deleted _, Entry.Expired _, Entry.Touched _ -> HEAD_BYTES;
            case Entry.Created created -> {
                Entry.Fork fork = created.fork();
                yield HEAD_BYTES
                        + 10
                        + textBytesMax(created.path())
                        + textBytesMax(created.contentType())
                        + (fork == null ? 0 : 40 + textBytesMax(fork.request().sourcePath()))
                        + contentBytesMax(created.content());
            }
            case Entry.Appended appended -> {
                Producer producer = appended.producer();
                String streamSeq = appended.streamSeq();
                yield 3
                        + varlongBytes(appended.time())
                        + varlongBytes(appended.streamId())
                        + varlongBytes(appended.wireByte())
                        + (producer == null ? 0 : 16 + textBytesMax(producer.id()))
                        + (streamSeq == null ? 0 : textBytesMax(streamSeq))
                        + contentBytesMax(appended.content());
            }
        };
    }

    /// Writes an entry at the buffer's position.
    ///
    /// @return where the content begins, counted from the first byte written; 0 if the kind has none
    static int encode(Entry entry, ByteBuffer target) {
        int start = target.position();
        switch (entry) {
            case Entry.Opened opened -> head(target, OPENED, opened.time(), opened.writerEpoch());
            case Entry.Deleted deleted -> head(target, DELETED, deleted.time(), deleted.streamId());
            case Entry.Expired expired -> head(target, EXPIRED, expired.time(), expired.streamId());
            case Entry.Touched touched -> head(target, TOUCHED, touched.time(), touched.streamId());
            case Entry.Created created -> {
                head(target, CREATED, created.time(), 0);
                return encodeCreated(created, target) - start;
            }
            case Entry.Appended appended -> {
                return encodeAppended(appended, target) - start;
            }
        }
        return 0;
    }

    private static void head(ByteBuffer target, int kind, long time, long id) {
        target.put((byte) kind).put((byte) VERSION).putLong(time).putLong(id);
    }

    private static int encodeCreated(Entry.Created created, ByteBuffer target) {
        Entry.Fork fork = created.fork();
        int flags = created.closed() ? CREATED_CLOSED : 0;
        if (fork != null) {
            flags |= CREATED_FORK;
            flags |= fork.lifetimeInherited() ? CREATED_LIFETIME_INHERITED : 0;
            flags |= fork.request().offset() != null ? CREATED_FORK_OFFSET : 0;
        }
        target.put((byte) flags);
        switch (created.lifetime()) {
            case Lifetime.Forever _ -> target.put((byte) LIFETIME_FOREVER).putLong(0);
            case Lifetime.IdleFor idle ->
                    target.put((byte) LIFETIME_IDLE_FOR).putLong(idle.seconds());
            case Lifetime.Until until ->
                    target.put((byte) LIFETIME_UNTIL).putLong(until.time().toEpochMilli());
        }
        putText(target, created.path());
        putText(target, created.contentType());
        if (fork != null) {
            Offset offset = fork.request().offset();
            target.putLong(fork.sourceId()).putLong(fork.forkByte());
            target.putLong(offset == null ? 0 : offset.lineage());
            target.putLong(offset == null ? 0 : offset.wireByte());
            target.putLong(fork.request().subOffset());
            putText(target, fork.request().sourcePath());
        }
        return putContent(target, created.content());
    }

    private static int encodeAppended(Entry.Appended appended, ByteBuffer target) {
        Producer producer = appended.producer();
        String streamSeq = appended.streamSeq();
        int flags = appended.close() ? APPENDED_CLOSE : 0;
        flags |= producer != null ? APPENDED_PRODUCER : 0;
        flags |= streamSeq != null ? APPENDED_STREAM_SEQ : 0;
        target.put((byte) APPENDED).put((byte) APPENDED_VERSION).put((byte) flags);
        putVarlong(target, appended.time());
        putVarlong(target, appended.streamId());
        putVarlong(target, appended.wireByte());
        if (producer != null) {
            putText(target, producer.id());
            target.putLong(producer.producerEpoch()).putLong(producer.sequence());
        }
        if (streamSeq != null) {
            putText(target, streamSeq);
        }
        putVarlong(target, appended.content().payload().messageLengths().length);
        return putMessages(target, appended.content());
    }

    private static int textBytesMax(String text) {
        return 2 + 3 * text.length();
    }

    private static void putText(ByteBuffer target, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        assert bytes.length <= TEXT_BYTES_MAX : text.length();
        target.putShort((short) bytes.length).put(bytes);
    }

    private static int contentBytesMax(Entry.Content content) {
        int bytes = VARINT_BYTES_MAX + content.length();
        if (content.messages() >= 2) {
            for (int length : content.payload().messageLengths()) {
                bytes += varintBytes(length);
            }
        }
        return bytes;
    }

    private static int putContent(ByteBuffer target, Entry.Content content) {
        target.putInt(content.payload().messageLengths().length);
        return putMessages(target, content);
    }

    private static int putMessages(ByteBuffer target, Entry.Content content) {
        int[] lengths = content.payload().messageLengths();
        if (lengths.length >= 2) {
            for (int length : lengths) {
                putVarint(target, length);
            }
        }
        int dataStart = target.position();
        target.put(content.bytes().duplicate());
        return dataStart;
    }

    private static int varintBytes(int value) {
        return (Integer.SIZE - Integer.numberOfLeadingZeros(value | 1) + 6) / 7;
    }

    private static void putVarint(ByteBuffer target, int value) {
        int rest = value;
        while ((rest & ~0x7F) != 0) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    private static int varlongBytes(long value) {
        return (Long.SIZE - Long.numberOfLeadingZeros(value | 1) + 6) / 7;
    }

    private static void putVarlong(ByteBuffer target, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target.put((byte) (rest | 0x80));
            rest >>>= 7;
        }
        target.put((byte) rest);
    }

    /// Reads the payload of a journal entry. The content shares its bytes.
    ///
    /// @throws EntryException if the kind or its version is unknown, or the bytes make no sense
    static Entry decode(ByteBuffer payload) throws EntryException {
        ByteBuffer source = payload.slice();
        try {
            Entry entry = decodeKind(source);
            if (source.hasRemaining()) {
                throw new EntryException(source.remaining() + " bytes after the end of the entry");
            }
            return entry;
        } catch (BufferUnderflowException e) {
            throw new EntryException("ends early, after " + payload.remaining() + " bytes");
        } catch (IllegalArgumentException e) {
            throw new EntryException(String.valueOf(e.getMessage()));
        }
    }

    private static Entry decodeKind(ByteBuffer source) throws EntryException {
        int kind = source.get();
        int version = source.get();
        if (kind == APPENDED && version == APPENDED_VERSION) {
            return decodeShortAppended(source);
        }
        long time = source.getLong();
        long id = source.getLong();
        if (kind < OPENED || kind > TOUCHED || version != VERSION) {
            throw new EntryException(
                    "unknown kind "
                            + kind
                            + " version "
                            + version
                            + "; it was written by a newer version of this program, which can read it");
        }
        return switch (kind) {
            case OPENED -> new Entry.Opened(time, id);
            case CREATED -> decodeCreated(source, time);
            case APPENDED -> decodeAppended(source, time, id);
            case DELETED -> new Entry.Deleted(time, id);
            case EXPIRED -> new Entry.Expired(time, id);
            default -> new Entry.Touched(time, id);
        };
    }

    private static Entry decodeCreated(ByteBuffer source, long time) throws EntryException {
        int flags = flags(source, CREATED_FLAGS);
        int lifetimeKind = source.get();
        long lifetimeValue = source.getLong();
        Lifetime lifetime =
                switch (lifetimeKind) {
                    case LIFETIME_FOREVER -> Lifetime.FOREVER;
                    case LIFETIME_IDLE_FOR -> new Lifetime.IdleFor(lifetimeValue);
                    case LIFETIME_UNTIL -> new Lifetime.Until(Instant.ofEpochMilli(lifetimeValue));
                    default -> throw new EntryException("unknown lifetime " + lifetimeKind);
                };
        String path = text(source);
        String contentType = text(source);
        Entry.Fork fork = (flags & CREATED_FORK) == 0 ? null : fork(source, flags);
        return new Entry.Created(
                time,
                path,
                contentType,
                lifetime,
                (flags & CREATED_CLOSED) != 0,
                fork,
                content(source));
    }

    private static Entry.Fork fork(ByteBuffer source, int flags) {
        long sourceId = source.getLong();
        long forkByte = source.getLong();
        Offset asked = new Offset(source.getLong(), source.getLong());
        @Nullable Offset offset = (flags & CREATED_FORK_OFFSET) == 0 ? null : asked;
        long subOffset = source.getLong();
        ForkPoint request = new ForkPoint(text(source), offset, subOffset);
        return new Entry.Fork(
                sourceId, forkByte, request, (flags & CREATED_LIFETIME_INHERITED) != 0);
    }

    private static Entry decodeAppended(ByteBuffer source, long time, long id)
            throws EntryException {
        int flags = flags(source, APPENDED_FLAGS);
        long wireByte = source.getLong();
        Producer producer =
                (flags & APPENDED_PRODUCER) == 0
                        ? null
                        : new Producer(text(source), source.getLong(), source.getLong());
        String streamSeq = (flags & APPENDED_STREAM_SEQ) == 0 ? null : text(source);
        return new Entry.Appended(
                time,
                id,
                wireByte,
                (flags & APPENDED_CLOSE) != 0,
                producer,
                streamSeq,
                content(source));
    }

    private static Entry decodeShortAppended(ByteBuffer source) throws EntryException {
        int flags = flags(source, APPENDED_FLAGS);
        long time = varlong(source);
        long id = varlong(source);
        long wireByte = varlong(source);
        Producer producer =
                (flags & APPENDED_PRODUCER) == 0
                        ? null
                        : new Producer(text(source), source.getLong(), source.getLong());
        String streamSeq = (flags & APPENDED_STREAM_SEQ) == 0 ? null : text(source);
        long messages = varlong(source);
        return new Entry.Appended(
                time,
                id,
                wireByte,
                (flags & APPENDED_CLOSE) != 0,
                producer,
                streamSeq,
                content(source, messages));
    }

    private static int flags(ByteBuffer source, int known) throws EntryException {
        int flags = source.get();
        if ((flags & ~known) != 0) {
            throw new EntryException("unknown flags " + Integer.toHexString(flags & 0xFF));
        }
        return flags;
    }

    private static String text(ByteBuffer source) {
        byte[] bytes = new byte[Short.toUnsignedInt(source.getShort())];
        source.get(bytes);
        return new String(bytes, UTF_8);
    }

    private static Entry.Content content(ByteBuffer source) throws EntryException {
        return content(source, source.getInt());
    }

    private static Entry.Content content(ByteBuffer source, long messages) throws EntryException {
        if (messages < 0 || messages > source.remaining()) {
            throw new EntryException("message count " + messages);
        }
        int count = (int) messages;
        int[] lengths = count == 0 ? NO_MESSAGES : new int[count];
        long sum = 0;
        for (int i = 0; count >= 2 && i < count; i++) {
            lengths[i] = varint(source);
            sum += lengths[i];
        }
        int dataOffset = source.position();
        ByteBuffer bytes = source.slice();
        if (count == 1) {
            lengths[0] = bytes.remaining();
        } else if (count >= 2 && sum != bytes.remaining()) {
            throw new EntryException(
                    "messages of " + sum + " bytes in content of " + bytes.remaining());
        }
        source.position(source.limit());
        return new Entry.Content(new Payload(bytes, lengths), dataOffset);
    }

    private static long varlong(ByteBuffer source) throws EntryException {
        long value = 0;
        for (int i = 0; i < VARLONG_BYTES_MAX; i++) {
            byte b = source.get();
            value |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                return value;
            }
        }
        throw new EntryException("a number of more than " + VARLONG_BYTES_MAX + " bytes");
    }

    private static int varint(ByteBuffer source) throws EntryException {
        long value = 0;
        for (int i = 0; i < VARINT_BYTES_MAX; i++) {
            byte b = source.get();
            value |= (long) (b & 0x7F) << (7 * i);
            if (b >= 0) {
                if (value < 1 || value > Integer.MAX_VALUE) {
                    throw new EntryException("message length " + value);
                }
                return (int) value;
            }
        }
        throw new EntryException("message length of more than " + VARINT_BYTES_MAX + " bytes");
    }
}
