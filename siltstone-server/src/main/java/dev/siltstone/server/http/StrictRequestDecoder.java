package dev.siltstone.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;

/// Parses HTTP/1.1, with bounds, and refuses what two readers could understand in two ways.
final class StrictRequestDecoder extends HttpRequestDecoder {
    private static final int CHUNK_BYTES_MAX = 64 << 10;
    private static final int VERSION_LENGTH = "HTTP/1.1".length();
    private static final byte DEL = 0x7f;

    private final ExchangeHandler handler;
    private boolean ended = true;

    StrictRequestDecoder(ExchangeHandler handler) {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(HttpLimits.REQUEST_LINE_BYTES_MAX)
                        .setMaxHeaderSize(HttpLimits.HEADER_BYTES_MAX)
                        .setMaxChunkSize(CHUNK_BYTES_MAX)
                        .setHeadersFactory(CountedFields.FACTORY)
                        .setTrailersFactory(CountedFields.FACTORY));
        this.handler = handler;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        if (handler.bytesArrived(message instanceof ByteBuf bytes ? bytes.readableBytes() : 0)) {
            super.channelRead(context, message);
            handler.bytesParsed();
        } else {
            ReferenceCountUtil.release(message);
        }
    }

    /// The target stands between two spaces, not more and nothing else, and prints (RFC 9112, section 3).
    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        checkOneSpaceBefore(line, start);
        for (int i = start; i < start + length; i++) {
            if ((line[i] >= 0 && line[i] <= ' ') || line[i] == DEL) {
                throw new IllegalArgumentException("a control character in the request target");
            }
        }
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        checkOneSpaceBefore(line, start);
        String version = super.splitThirdWordInitialLine(line, start, length);
        if (version.length() != VERSION_LENGTH || !version.startsWith("HTTP/1.")) {
            throw new IllegalArgumentException("the version must be HTTP/1.1 or HTTP/1.0");
        }
        return version;
    }

    private static void checkOneSpaceBefore(byte[] line, int start) {
        if (start < 2 || line[start - 1] != ' ' || line[start - 2] == ' ') {
            throw new IllegalArgumentException(
                    "a request line must be a method, a target and a version with one space between");
        }
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
