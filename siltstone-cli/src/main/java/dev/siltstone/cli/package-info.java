/// One class per subcommand; the runnable jar.
@NullMarked
package dev.siltstone.cli;

import org.jspecify.annotations.NullMarked;
