package dev.siltstone.server.http;

/// The characters of a `Host` field: a name or an address, perhaps a port.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-7.2">RFC 9110, section 7.2, "Host and
///     :authority"</a>
final class HostSyntax {
    private static final String SIGNS = "-._~!$&'()*+,;=:[]%";

    private HostSyntax() {}

    static boolean isValid(String host) {
        for (int i = 0; i < host.length(); i++) {
            char c = host.charAt(i);
            boolean fits =
                    (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || (c >= '0' && c <= '9')
                            || SIGNS.indexOf(c) >= 0;
            if (!fits) {
                return false;
            }
        }
        return !host.isEmpty();
    }
}
