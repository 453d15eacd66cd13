package dev.siltstone.server.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/// The head of one request, understood as far as every request needs it.
///
/// @param method as sent
/// @param rawPath path of the URL, still encoded
/// @param target what the path names
/// @param query the parameters that mean something here
/// @param headers as sent
record Request(HttpMethod method, String rawPath, Target target, Query query, Fields headers) {

    /// Understands a head.
    ///
    /// @throws BadRequestException if its URL is not allowed
    static Request of(HttpRequest head) throws BadRequestException {
        return of(head.method(), head.uri(), Fields.of(head.headers()));
    }

    /// Understands a head.
    ///
    /// @throws BadRequestException if its URL is not allowed
    static Request of(HttpMethod method, String uri, Fields headers) throws BadRequestException {
        String relative = withoutAuthority(uri);
        int question = relative.indexOf('?');
        String path = question < 0 ? relative : relative.substring(0, question);
        String query = question < 0 ? "" : relative.substring(question + 1);
        return new Request(method, path, Target.parse(path), Query.parse(query), headers);
    }

    boolean isHead() {
        return HttpMethod.HEAD.equals(method);
    }

    /// Returns the URL of what this is about, as the client spelt it.
    String url() {
        String host = headers.get(HttpHeaderNames.HOST);
        return host == null || host.isEmpty() ? rawPath : "http://" + host + rawPath;
    }

    /// Returns a field that may be there once, without the spaces around it.
    ///
    /// @throws BadRequestException if it is there more than once
    @Nullable String field(AsciiString name) throws BadRequestException {
        String value = headers.get(name);
        if (value == null) {
            return null;
        }
        if (headers.count(name) > 1) {
            throw new BadRequestException("repeated_header", name + " must be given at most once");
        }
        return value.strip();
    }

    /// Says whether the client closes the stream with this: any value but `true` means nothing.
    boolean closesStream() {
        String value = headers.get(HeaderNames.STREAM_CLOSED);
        return value != null && value.strip().equalsIgnoreCase("true");
    }

    /// The form with scheme and authority is for proxies, but every server must take it (RFC 9112,
    /// section 3.2.2).
    private static String withoutAuthority(String uri) {
        if (uri.startsWith("/")) {
            return uri;
        }
        int authority = uri.indexOf("://");
        if (authority < 0) {
            return uri;
        }
        int path = uri.indexOf('/', authority + 3);
        return path < 0 ? "/" : uri.substring(path);
    }
}
