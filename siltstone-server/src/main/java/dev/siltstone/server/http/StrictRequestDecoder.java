package dev.siltstone.server.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;

/// Parses HTTP/1.1, with bounds, and refuses what two readers could understand in two ways.
final class StrictRequestDecoder extends HttpRequestDecoder {
    private static final int CHUNK_BYTES_MAX = 64 << 10;

    private final ExchangeHandler handler;

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

    /// A request with two lengths is how requests are smuggled past proxies (RFC 9112, section 6.3).
    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException(
                "a request must not have both Content-Length and Transfer-Encoding");
    }
}
