package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;

/// Parses HTTP/1.1, with bounds, and refuses what two readers could understand in two ways.
final class StrictRequestDecoder extends HttpRequestDecoder {
    private static final int CHUNK_BYTES_MAX = 64 << 10;

    private final ExchangeHandler handler;
    private boolean ended = true;

    StrictRequestDecoder(ExchangeHandler handler) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(HttpLimits.REQUEST_LINE_BYTES_MAX)
                        .setMaxHeaderSize(HttpLimits.HEADER_BYTES_MAX)
                        .setMaxChunkSize(CHUNK_BYTES_MAX));
        this.handler = handler;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        handler.bytesArrived();
        super.channelRead(context, message);
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
            throws Exception {
        int before = in.readableBytes();
        super.decode(context, in, out);
        if (!out.isEmpty()) {
            ended =
                    out.getLast() instanceof LastHttpContent last
                            && last.decoderResult().isSuccess();
        } else if (in.readableBytes() < before) {
            ended = false;
        }
    }

    /// Says whether the next byte, if it is not given to this, can begin a request: all that this got
    /// belongs to requests that have ended.
    boolean isBetweenRequests() {
        return ended && actualReadableBytes() == 0;
    }

    /// A request with two lengths is how requests are smuggled past proxies (RFC 9112, section 6.3).
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException(
                "a request must not have both Content-Length and Transfer-Encoding");
    }
}
