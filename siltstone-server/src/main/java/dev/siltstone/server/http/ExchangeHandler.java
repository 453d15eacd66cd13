package dev.siltstone.server.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings requests of one channel to the [Service] and the answers back, one at a time and in order.
///
/// ```
///           head             last of the body              reply
/// IDLE ──────────> RECEIVING ─────────────────> ANSWERING ────────> IDLE
///                     │                            │ events         (or the channel closes)
///                     │ refused, little to come    └─────────> STREAMING ─ ended ─> CLOSING
///                     ├─────────────> SKIPPING ─ last of the body: reply ─> IDLE
///                     │ refused, much to come
///                     └─────────────> CLOSING: the answer is sent, what still comes is dropped
/// ```
///
/// Further requests wait while one is answered; when more than a few parts or bytes of them do, the channel
/// is not read on.
///
/// Not thread-safe; owned by an event loop.
@SuppressWarnings(
        "FutureReturnValueIgnored") // a write that fails closes the channel, and that is seen
final class ExchangeHandler extends ChannelInboundHandlerAdapter
        implements Timed, PlainRequestDecoder.Taker {
    private static final Logger LOGGER = LoggerFactory.getLogger(ExchangeHandler.class);

    /// So much of a refused body is read, to keep the connection.
    private static final long SKIPPED_BYTES_MAX = 64 << 10;

    private static final int WAITING_PARTS_MAX = 8;

    /// What waits has no share of the budget of bodies yet.
    private static final int WAITING_BYTES_MAX = 16 << 10;

    private enum State {
        IDLE,
        RECEIVING,
        SKIPPING,
        ANSWERING,
        STREAMING,
        CLOSING
    }

    private final Loop loop;
    private final Shared shared;
    private final boolean multiplexed;
    private final ReplyWriter writer;
    private final StalledWrites stalled;
    private final HeadShare headShare;
    private final Queue<HttpObject> waiting = new ArrayDeque<>(2);

    private @Nullable ChannelHandlerContext channel;
    private State state = State.IDLE;
    private @Nullable Exchange current;
    private @Nullable Reply refusal;
    private boolean arriving;
    private boolean reading;
    private boolean processing;
    private boolean written;
    private boolean unflushed;
    private boolean paused;
    private int waitingBytes;
    private int since;

    /// @param multiplexed whether the channel is a stream of HTTP/2, which brings one request
    ExchangeHandler(Loop loop, boolean multiplexed) {
        this.loop = loop;
        this.shared = loop.shared();
        this.multiplexed = multiplexed;
        this.writer = new ReplyWriter(loop, multiplexed);
        this.stalled = new StalledWrites(loop.ticks(shared.limits().stalledTimeout()));
        this.headShare =
                new HeadShare(shared.headBytes(), multiplexed ? 0 : HttpLimits.HEAD_BYTES_FREE);
    }

    private ChannelHandlerContext channel() {
        ChannelHandlerContext context = channel;
        if (context == null) {
            throw new IllegalStateException("not in a pipeline");
        }
        return context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        channel = context;
        since = loop.now();
        loop.add(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        loop.remove(this);
    }

    // --- what arrives ---

    /// Takes note that bytes have arrived, perhaps too few for a head.
    ///
    /// @return false if nobody cares for them any more
    boolean bytesArrived(int bytes) {
        if (!arriving && state == State.IDLE) {
            arriving = true;
            since = loop.now();
        }
        if (state == State.IDLE || state == State.ANSWERING) {
            headShare.arrived(bytes);
        }
        return state != State.CLOSING;
    }

    /// Takes note that the bytes have been parsed, as far as they go.
    void bytesParsed() {
        boolean isHead = arriving ? state == State.IDLE : state == State.ANSWERING;
        if (!isHead || headShare.holdArrived()) {
            return;
        }
        if (state == State.IDLE) {
            refuseAndClose(noBudget());
        } else {
            pause(); // until the request before it is answered
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        reading = true;
        if (state == State.CLOSING
                || state == State.STREAMING
                || !(message instanceof HttpObject part)) {
            ReferenceCountUtil.release(message);
        } else if (isReady() && waiting.isEmpty()) {
            process(part);
        } else {
            waiting.add(part);
            waitingBytes += bytesOf(part);
            if (waiting.size() > WAITING_PARTS_MAX || waitingBytes > WAITING_BYTES_MAX) {
                pause();
            }
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        reading = false;
        if (unflushed) {
            unflushed = false;
            context.flush();
        }
    }

    @Override
    public boolean takesNext() {
        return state == State.IDLE && waiting.isEmpty() && !processing && isReady();
    }

    @Override
    public void take(PlainRequest plain) {
        reading = true;
        state = State.RECEIVING;
        since = loop.now();
        writer.begin(plain);
        try {
            Request request = Request.of(plain.method(), plain.uri(), plain.fields());
            BodyCollector body = collector(plain.bodyLength());
            Reply refused = Service.refuse(request, shared.access());
            if (refused == null) {
                refused = refuseBody(body, plain.bodyLength());
            }
            if (refused == null) {
                take(plain, request, body);
            } else {
                answerNow(refused);
            }
        } catch (BadRequestException e) {
            answerNow(Replies.badRequest(e));
        }
    }

    private void take(PlainRequest plain, Request request, BodyCollector body) {
        if (Service.usesBody(request)
                && body.adopt(plain.bytes(), plain.bodyStart()) != BodyCollector.Added.TAKEN) {
            body.release();
            answerNow(noBudget());
            return;
        }
        Exchange exchange = new Exchange(loop, this, request, body);
        current = exchange;
        complete(exchange);
    }

    /// Answers a request that has arrived and is no exchange.
    private void answerNow(Reply reply) {
        state = State.ANSWERING;
        send(reply, null);
        afterReply();
    }

    private void pause() {
        paused = true;
        channel().channel().config().setAutoRead(false);
    }

    private void readOn() {
        if (paused) {
            paused = false;
            channel().channel().config().setAutoRead(true);
        }
    }

    private boolean isReady() {
        return state != State.ANSWERING && channel().channel().isWritable();
    }

    private void processWaiting() {
        while (!processing && isReady()) {
            HttpObject next = waiting.poll();
            if (next == null) {
                readOn();
                return;
            }
            waitingBytes -= bytesOf(next);
            process(next);
        }
    }

    private void process(HttpObject part) {
        processing = true;
        try {
            switch (state) {
                case IDLE -> {
                    if (part instanceof HttpRequest head) {
                        begin(head);
                    }
                    if (part instanceof HttpContent content) {
                        take(content); // both at once: a request that could not be decoded
                    }
                }
                case RECEIVING, SKIPPING -> {
                    if (part instanceof HttpContent content) {
                        take(content);
                    }
                }
                case ANSWERING, STREAMING, CLOSING -> {}
            }
        } finally {
            processing = false;
            ReferenceCountUtil.release(part);
        }
    }

    private void begin(HttpRequest head) {
        state = State.RECEIVING;
        since = loop.now();
        arriving = true;
        writer.begin(head);
        if (head.decoderResult().isFailure()) {
            refuseAndClose(Replies.undecodable(head.decoderResult().cause()));
            return;
        }
        if (hasUnknownCoding(head)) {
            refuseAndClose(Replies.unknownCoding());
            return;
        }
        if (!headShare.holdComplete(head)) {
            refuseAndClose(noBudget());
            return;
        }
        Request request;
        try {
            checkHost(head);
            request = Request.of(head);
        } catch (BadRequestException e) {
            refuse(Replies.badRequest(e), head);
            return;
        }
        long length = HttpUtil.getContentLength(head, -1L);
        BodyCollector body = collector(length);
        Reply refused = Service.refuse(request, shared.access());
        if (refused == null) {
            refused = refuseBody(body, length);
        }
        if (refused != null) {
            refuse(refused, head);
            return;
        }
        current = new Exchange(loop, this, request, body);
        if (HttpUtil.is100ContinueExpected(head)) {
            writer.askForBody(channel());
        }
    }

    /// A body that is compressed on its way would be kept as it arrives (RFC 9112, section 6.1).
    private static boolean hasUnknownCoding(HttpRequest head) {
        return head.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING).stream()
                .anyMatch(coding -> !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(coding));
    }

    private static void checkHost(HttpRequest head) throws BadRequestException {
        List<String> hosts = head.headers().getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && head.protocolVersion().isKeepAliveDefault())) {
            throw new BadRequestException("bad_host", "a request must have one Host header");
        }
        if (!hosts.isEmpty() && !HostSyntax.isValid(hosts.get(0))) {
            throw new BadRequestException(
                    "bad_host", "Host must be a host name and perhaps a port");
        }
    }

    /// @param announced what the client said will come, or -1
    private BodyCollector collector(long announced) {
        return new BodyCollector(
                shared.bodyBytes(),
                shared.bodyReserve(),
                shared.limits().bodyBytesMax(),
                announced);
    }

    private @Nullable Reply refuseBody(BodyCollector body, long length) {
        if (length > shared.limits().bodyBytesMax()) {
            return Replies.bodyTooLarge(shared.limits().bodyBytesMax());
        }
        return body.begin() ? null : noBudget();
    }

    private static Reply noBudget() {
        return Replies.busy("the server has as many bytes of requests under way as it takes");
    }

    private void take(HttpContent content) {
        if (content.decoderResult().isFailure() && state == State.RECEIVING) {
            refuseAndClose(Replies.undecodable(content.decoderResult().cause()));
            return;
        }
        Exchange exchange = current;
        if (state == State.RECEIVING && exchange != null && Service.usesBody(exchange.request())) {
            switch (exchange.body().add(content.content())) {
                case TAKEN -> {}
                case TOO_LARGE -> {
                    refuseAndClose(Replies.bodyTooLarge(shared.limits().bodyBytesMax()));
                    return;
                }
                case NO_BUDGET -> {
                    refuseAndClose(noBudget());
                    return;
                }
            }
        }
        if (content instanceof LastHttpContent) {
            complete(exchange);
        }
    }

    private void complete(@Nullable Exchange exchange) {
        arriving = false;
        Reply refused = refusal;
        if (state == State.SKIPPING && refused != null) {
            refusal = null;
            answerNow(refused);
        } else if (state == State.RECEIVING && exchange != null) {
            state = State.ANSWERING;
            Service.handle(exchange);
        }
    }

    // --- what is answered ---

    /// Refuses a request whose body has not arrived. If little is to come the connection is kept.
    private void refuse(Reply reply, HttpRequest head) {
        boolean little =
                !HttpUtil.isTransferEncodingChunked(head)
                        && HttpUtil.getContentLength(head, 0L) <= SKIPPED_BYTES_MAX
                        && !HttpUtil.is100ContinueExpected(head);
        if (little) {
            refusal = reply;
            state = State.SKIPPING;
        } else {
            refuseAndClose(reply);
        }
    }

    /// Refuses a request that has not arrived and never will, as far as this server cares.
    private void refuseAndClose(Reply reply) {
        writer.endAfterNext();
        endExchange();
        dropWaiting();
        readOn();
        state = State.CLOSING;
        since = loop.now();
        send(reply, _ -> linger());
        flush();
    }

    /// Sends what there is and says that nothing follows, but takes what the client still sends: closing
    /// at once could take the answer away from it.
    private void linger() {
        if (channel().channel() instanceof DuplexChannel duplex && duplex.isActive()) {
            duplex.shutdownOutput();
        } else {
            channel().close();
        }
    }

    /// Says whether the bytes of an answer go to the client as they are, so that the system can send them from a
    /// file.
    boolean sendsFiles() {
        return !multiplexed;
    }

    boolean isCurrent(Exchange exchange) {
        return current == exchange;
    }

    /// Answers `exchange`, unless that was done or the client is gone.
    void reply(Exchange exchange, Reply reply) {
        if (current != exchange || state != State.ANSWERING) {
            reply.drop();
            exchange.release();
            return;
        }
        if (exchange.holdsReplyBytes()) {
            send(reply, _ -> exchange.release());
        } else {
            send(reply, null);
            exchange.release();
        }
        current = null;
        afterReply();
    }

    private void afterReply() {
        flush();
        if (writer.isLast()) {
            state = State.CLOSING;
            since = loop.now();
            return;
        }
        state = State.IDLE;
        since = loop.now();
        headShare.release();
        processWaiting();
    }

    /// @param then called when the answer was sent or dropped
    private void send(Reply reply, @Nullable ChannelFutureListener then) {
        boolean closes = writer.isLast() && state != State.CLOSING;
        if (then == null && !closes && !multiplexed) {
            if (reading) {
                writer.write(channel(), reply, channel().voidPromise()); // more may follow
                written = true;
            } else {
                written |= !writer.send(channel(), reply);
            }
            return;
        }
        written = true;
        ChannelPromise sent = channel().newPromise();
        if (then != null) {
            sent.addListener(then);
        }
        if (closes) {
            sent.addListener(ChannelFutureListener.CLOSE);
        }
        writer.write(channel(), reply, sent);
    }

    private void flush() {
        if (!written) {
            return;
        }
        written = false;
        if (reading) {
            unflushed = true;
        } else {
            loop.flush(channel());
        }
    }

    // --- event streams ---

    /// Begins an event stream.
    EventSink events(Exchange exchange, Reply reply) {
        assert current == exchange && state == State.ANSWERING;
        state = State.STREAMING;
        since = loop.now() + lifetimeJitter();
        exchange.release();
        dropWaiting();
        return writer.beginEvents(channel(), reply);
    }

    /// Up to a tenth more or less than a lifetime.
    private int lifetimeJitter() {
        int tenth = loop.ticks(shared.limits().eventStreamLifetime()) / 10;
        return loop.random().nextInt(-tenth, tenth + 1);
    }

    void eventsOver(Exchange exchange) {
        if (current != exchange) {
            return;
        }
        current = null;
        state = State.CLOSING;
        since = loop.now();
        if (!multiplexed) {
            channel().write(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
        loop.flush(channel());
    }

    // --- the channel ---

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            Exchange exchange = current;
            if (exchange != null) {
                exchange.clientWritable();
            }
            processWaiting();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        state = State.CLOSING;
        headShare.release();
        endExchange();
        dropWaiting();
    }

    private void endExchange() {
        Exchange exchange = current;
        current = null;
        if (exchange != null) {
            exchange.clientGone();
            exchange.release();
        }
        Reply refused = refusal;
        refusal = null;
        if (refused != null) {
            refused.drop();
        }
    }

    private void dropWaiting() {
        for (HttpObject part = waiting.poll(); part != null; part = waiting.poll()) {
            ReferenceCountUtil.release(part);
        }
        waitingBytes = 0;
    }

    private static int bytesOf(HttpObject part) {
        return part instanceof HttpContent content ? content.content().readableBytes() : 0;
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (cause instanceof java.io.IOException || isRefusal(cause)) {
            LOGGER.debug("a connection broke", cause);
        } else {
            LOGGER.error("a connection is closed because of a mistake in this program", cause);
        }
        context.close();
    }

    /// The codecs throw so at what a client must not send: nothing that an operator could mend.
    private static boolean isRefusal(Throwable cause) {
        return cause instanceof DecoderException || cause instanceof Http2Exception;
    }

    // --- time ---

    @Override
    public boolean isOverdue(int tick) {
        if (stalled.areOverdue(channel().channel(), tick)) {
            return true;
        }
        HttpLimits limits = shared.limits();
        int waited = tick - since;
        return switch (state) {
            case IDLE ->
                    waited > loop.ticks(arriving ? limits.requestTimeout() : limits.idleTimeout());
            case RECEIVING, SKIPPING -> waited > loop.ticks(limits.requestTimeout());
            case ANSWERING -> false;
            case STREAMING -> waited > loop.ticks(limits.eventStreamLifetime());
            case CLOSING -> waited > loop.ticks(limits.requestTimeout());
        };
    }

    @Override
    public void expire() {
        Exchange exchange = current;
        boolean isStalled = !channel().channel().isWritable();
        if (isStalled || state == State.CLOSING || state == State.ANSWERING) {
            channel().close();
        } else if (state == State.STREAMING && exchange != null) {
            exchange.timeOver();
        } else if (arriving) {
            refuseAndClose(Replies.requestTimeout());
        } else {
            channel().close();
        }
    }

    @Override
    public void stop() {
        Exchange exchange = current;
        writer.endAfterNext();
        if (state == State.IDLE && !arriving && waiting.isEmpty() && !multiplexed) {
            channel().close();
        } else if (exchange != null && (state == State.ANSWERING || state == State.STREAMING)) {
            exchange.timeOver();
        }
    }
}
