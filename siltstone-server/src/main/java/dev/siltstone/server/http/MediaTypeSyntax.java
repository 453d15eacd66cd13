package dev.siltstone.server.http;

/// The grammar of media types: `type/subtype`, then parameters.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-8.3.1">RFC 9110, section 8.3.1, "Media
///     Type"</a>
final class MediaTypeSyntax {
    private static final String TOKEN_SIGNS = "!#$%&'*+-.^_`|~";

    private final String text;
    private int at;

    private MediaTypeSyntax(String text) {
        this.text = text;
    }

    static boolean isValid(String text) {
        return new MediaTypeSyntax(text).matches();
    }

    private boolean matches() {
        if (!token() || !sign('/') || !token()) {
            return false;
        }
        while (true) {
            spaces();
            if (at == text.length()) {
                return true;
            }
            if (!sign(';')) {
                return false;
            }
            spaces();
            if (at < text.length() && text.charAt(at) != ';' && !parameter()) {
                return false;
            }
        }
    }

    private boolean parameter() {
        return token() && sign('=') && (quoted() || token());
    }

    private boolean token() {
        int start = at;
        while (at < text.length() && isTokenCharacter(text.charAt(at))) {
            at++;
        }
        return at > start;
    }

    private boolean quoted() {
        if (!sign('"')) {
            return false;
        }
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return true;
            }
            if (c == '\\') {
                at++;
            }
        }
        return false;
    }

    private boolean sign(char expected) {
        if (at < text.length() && text.charAt(at) == expected) {
            at++;
            return true;
        }
        return false;
    }

    private void spaces() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private static boolean isTokenCharacter(char c) {
        return (c >= '0' && c <= '9')
                || (c >= 'A' && c <= 'Z')
                || (c >= 'a' && c <= 'z')
                || TOKEN_SIGNS.indexOf(c) >= 0;
    }
}
