package dev.siltstone.server.http;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

/// Header fields as they arrive, no more than [HttpLimits#HEADER_FIELDS_MAX].
///
/// Not thread-safe.
final class CountedFields extends DefaultHttpHeaders {
    static final HttpHeadersFactory FACTORY =
            new HttpHeadersFactory() {
                @Override
                public HttpHeaders newHeaders() {
                    return new CountedFields();
                }

                @Override
                public HttpHeaders newEmptyHeaders() {
                    return DefaultHttpHeadersFactory.headersFactory().newEmptyHeaders();
                }
            };

    private int count;

    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        takeOne();
        return super.add(name, value);
    }

    @Override
    public HttpHeaders add(String name, Object value) {
        takeOne();
        return super.add(name, value);
    }

    private void takeOne() {
        if (++count > HttpLimits.HEADER_FIELDS_MAX) {
            throw new TooLongHttpHeaderException("more than " + HttpLimits.HEADER_FIELDS_MAX);
        }
    }
}
