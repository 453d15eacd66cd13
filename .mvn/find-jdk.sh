# Finds a JDK for this project. Sourced by ./siltstone, ./test, ./mvnw and .ci/run (POSIX sh).
#
# find_jdk        prints the home of a JDK of at least $JDK_MINIMUM, or fails silently.
#                 Order: JAVA_HOME if it is new enough, the usual install directories (the oldest
#                 JDK there that is new enough), then the javac on PATH.
# explain_no_jdk  says on stderr what is missing and how to get it.

JDK_MINIMUM=25

# Prints the feature version (25 for 25.0.3) of the JDK at $1; fails if that is no JDK.
jdk_version() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 1
    _jdk_version=
    if [ -r "$1/release" ]; then
        _jdk_version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    fi
    if [ -z "$_jdk_version" ]; then
        _jdk_version=$("$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p')
    fi
    [ -n "$_jdk_version" ] && printf '%s\n' "$_jdk_version"
}

find_jdk() (
    set +f # this needs globbing, whatever the caller uses
    if [ -n "${JAVA_HOME-}" ] && version=$(jdk_version "$JAVA_HOME") \
        && [ "$version" -ge "$JDK_MINIMUM" ]; then
        printf '%s\n' "$JAVA_HOME"
        return 0
    fi
    best= best_version=
    for home in /usr/lib/jvm/* /opt/java/* /opt/jdk* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
        "${HOME:-/nonexistent}"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        version=$(jdk_version "$home") || continue
        [ "$version" -ge "$JDK_MINIMUM" ] || continue
        if [ -z "$best" ] || [ "$version" -lt "$best_version" ]; then
            best=$home best_version=$version
        fi
    done
    if [ -z "$best" ]; then
        javac=$(command -v javac) || return 1
        home=$("$javac" -J-XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p')
        version=$(jdk_version "$home") && [ "$version" -ge "$JDK_MINIMUM" ] || return 1
        best=$home
    fi
    printf '%s\n' "$best"
)

explain_no_jdk() {
    cat >&2 <<EOF
$1: no JDK $JDK_MINIMUM or newer found in JAVA_HOME, /usr/lib/jvm or on PATH. One of these gets it:
  Debian, Ubuntu:  apt-get install openjdk-25-jdk-headless   (where the release has it)
                   apt-get install temurin-25-jdk            (with the repository of adoptium.net)
  macOS:           brew install --cask temurin@25
  any system:      https://adoptium.net/temurin/releases/?version=25 , then set JAVA_HOME
EOF
}
