package dev.siltstone.server.http;

import dev.siltstone.stream.Chunk;
import dev.siltstone.stream.ContentTypes;
import dev.siltstone.stream.Found;
import dev.siltstone.stream.InvalidOffsetException;
import dev.siltstone.stream.Offset;
import dev.siltstone.stream.StoredChunk;
import dev.siltstone.stream.StreamInfo;
import dev.siltstone.stream.StreamReader;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers GET and HEAD of a stream.
///
/// What is short and in memory is read on the event loop, anything else by a worker. Runs on the event loop
/// of the exchange.
///
/// @see <a href="https://github.com/durable-streams/durable-streams/blob/main/PROTOCOL.md">Durable
///     Streams protocol, sections 5.5 to 5.8 and 8</a>
final class Reads {
    private static final Logger LOGGER = LoggerFactory.getLogger(Reads.class);
    private static final String FROM_NOW = "now";
    private static final String FROM_BEGINNING = "-1";
    private static final int HOT_BYTES = 64 << 10;

    private Reads() {}

    static void head(Exchange exchange, String path) {
        Finding.find(
                exchange,
                path,
                found ->
                        exchange.reply(
                                found instanceof Found.Stream(StreamReader reader)
                                        ? Replies.metadata(reader.info())
                                        : Replies.absent(found)));
    }

    static void get(Exchange exchange, String path) {
        Query query = exchange.request().query();
        try {
            checkMode(query);
            Place place = Place.parse(query.offset());
            Finding.find(exchange, path, found -> get(exchange, found, place));
        } catch (BadRequestException e) {
            exchange.reply(Replies.badRequest(e));
        }
    }

    private static void get(Exchange exchange, Found found, Place place) {
        if (!(found instanceof Found.Stream(StreamReader reader))) {
            exchange.reply(Replies.absent(found));
            return;
        }
        try {
            reader.renew();
            get(exchange, reader, place);
        } catch (InvalidOffsetException e) {
            exchange.reply(Replies.badOffset(e));
        }
    }

    private static void checkMode(Query query) throws BadRequestException {
        String live = query.live();
        if (live == null) {
            return;
        }
        if (!live.equals("long-poll") && !live.equals("sse")) {
            throw new BadRequestException("bad_live", "live must be long-poll or sse");
        }
        if (query.offset() == null) {
            throw new BadRequestException(
                    "missing_offset", "a live read needs an offset: -1, now, or where you are");
        }
    }

    private static void get(Exchange exchange, StreamReader reader, Place place)
            throws InvalidOffsetException {
        Query query = exchange.request().query();
        StreamInfo info = reader.info();
        Offset start = place.now() ? info.tail() : reader.resolve(place.offset());
        long cursor = Cursors.parse(query.cursor());
        String live = query.live();
        if (live == null) {
            if (place.now()) {
                exchange.reply(Replies.now(info));
            } else {
                catchUp(exchange, reader, start);
            }
        } else if (live.equals("sse")) {
            EventStream.begin(exchange, reader, info, start, cursor);
        } else {
            poll(exchange, reader, start, cursor);
        }
    }

    private static void catchUp(Exchange exchange, StreamReader reader, Offset start) {
        Replies replies = exchange.loop().shared().replies();
        read(
                exchange,
                reader,
                start,
                exchange.sendsFiles(),
                (chunk, body, stored) -> {
                    StreamInfo info = reader.info();
                    Reply reply = replies.chunk(info, chunk, body, exchange.request());
                    exchange.reply(stored == null ? reply : reply.withBody(body(info, stored)));
                });
    }

    private static StoredBody body(StreamInfo info, StoredChunk stored) {
        return new StoredBody(stored, ContentTypes.isJson(info.contentType()));
    }

    /// Answers a long poll: at once if there is something to say.
    static void poll(Exchange exchange, StreamReader reader, Offset start, long cursor) {
        read(
                exchange,
                reader,
                start,
                false,
                (chunk, body, _) -> polled(exchange, reader, chunk, body, cursor));
    }

    private static void polled(
            Exchange exchange, StreamReader reader, Chunk chunk, ByteBuf body, long cursor) {
        Loop loop = exchange.loop();
        StreamInfo info = reader.info();
        if (chunk.length() > 0) {
            Replies replies = loop.shared().replies();
            exchange.reply(replies.polled(info, chunk, body, loop.cursors().after(cursor)));
            return;
        }
        body.release();
        if (chunk.closed() && chunk.upToDate()) {
            exchange.reply(Replies.nothingYet(chunk.next(), true, Cursors.NONE));
        } else {
            LongPoll.begin(exchange, reader, info, chunk.next(), cursor);
        }
    }

    /// What is done on the loop with a chunk that was read, and its body, which is taken over.
    private interface Use {
        /// @param stored where the chunk's bytes are, if they were left there; the body is empty then
        void of(Chunk chunk, ByteBuf body, @Nullable StoredChunk stored);
    }

    /// @param fromFile whether long content may be left where it lies
    private static void read(
            Exchange exchange, StreamReader reader, Offset start, boolean fromFile, Use use) {
        boolean hot = reader.isHot(start);
        if (!exchange.reserveReply(hot ? HOT_BYTES : StreamReader.CHUNK_BYTES)) {
            exchange.reply(Replies.busy("the server has as many replies under way as it takes"));
            return;
        }
        if (hot) {
            finish(exchange, use, attempt(reader, start, false, new ChunkMemory.OnHeap()));
            return;
        }
        boolean accepted =
                exchange.loop()
                        .shared()
                        .workers()
                        .submit(() -> {
                            Attempt attempt =
                                    attempt(reader, start, fromFile, new ChunkMemory.Pooled());
                            if (!exchange.loop().run(() -> finish(exchange, use, attempt))) {
                                attempt.drop();
                            }
                        });
        if (!accepted) {
            exchange.reply(Replies.busy("the server has as many reads waiting as it takes"));
        }
    }

    private static void finish(Exchange exchange, Use use, Attempt attempt) {
        if (exchange.isOver()) {
            attempt.drop();
            return;
        }
        Chunk chunk = attempt.chunk();
        StoredChunk stored = attempt.stored();
        if (stored != null) {
            use.of(stored.place(), Unpooled.EMPTY_BUFFER, stored);
        } else if (chunk == null) {
            exchange.reply(attempt.failure().apply(exchange));
        } else {
            exchange.adjustReply(chunk.length());
            use.of(chunk, attempt.memory().body(chunk.bytes(), attempt.json()), null);
        }
    }

    /// What a read came to: a chunk, where its bytes are, or why there is none.
    ///
    /// @param memory that the chunk lies in; of no use if there is none
    private record Attempt(
            @Nullable Chunk chunk,
            @Nullable StoredChunk stored,
            boolean json,
            ChunkMemory memory,
            Function<Exchange, Reply> failure) {
        private static final Function<Exchange, Reply> UNUSED = _ -> Replies.internalError();

        static Attempt failed(ChunkMemory memory, Function<Exchange, Reply> failure) {
            memory.drop();
            return new Attempt(null, null, false, memory, failure);
        }

        void drop() {
            memory.drop();
            if (stored != null) {
                try {
                    stored.close();
                } catch (IOException e) {
                    LOGGER.warn("a file could not be closed: {}", e.getMessage());
                }
            }
        }
    }

    private static Attempt attempt(
            StreamReader reader, Offset start, boolean fromFile, ChunkMemory memory) {
        try {
            boolean json = ContentTypes.isJson(reader.info().contentType());
            StoredChunk stored = fromFile ? reader.readStored(start) : null;
            Chunk chunk = stored == null ? reader.read(start, null, memory) : null;
            return new Attempt(chunk, stored, json, memory, Attempt.UNUSED);
        } catch (InvalidOffsetException e) {
            return Attempt.failed(memory, _ -> Replies.badOffset(e));
        } catch (IOException e) {
            LOGGER.warn("a read failed: {}", e.getMessage());
            return Attempt.failed(memory, _ -> unreadable(reader, e));
        } catch (RuntimeException e) {
            LOGGER.error("a read fails because of a mistake in this program", e);
            return Attempt.failed(memory, _ -> Replies.internalError());
        }
    }

    /// A read may fail because the stream went meanwhile.
    private static Reply unreadable(StreamReader reader, IOException cause) {
        StreamReader.State state = reader.state();
        return state == StreamReader.State.LIVE ? Replies.unreadable(cause) : Replies.absent(state);
    }

    /// Where a client wants to read from.
    ///
    /// @param now whether that is the tail, wherever it is
    /// @param offset the place, unless `now`
    private record Place(boolean now, Offset offset) {
        static Place parse(@Nullable String text) throws BadRequestException {
            if (text == null || text.equals(FROM_BEGINNING)) {
                return new Place(false, Offset.BEGINNING);
            }
            if (text.equals(FROM_NOW)) {
                return new Place(true, Offset.BEGINNING);
            }
            Offset offset =
                    Offset.parse(text)
                            .orElseThrow(() ->
                                    new BadRequestException(
                                            "bad_offset",
                                            "offset must be -1, now, or what a"
                                                    + " Stream-Next-Offset said"));
            return new Place(false, offset);
        }
    }
}
