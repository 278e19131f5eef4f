namespace UpcallActors.Daemon.Vswitchd;

/// <summary>An option of a command line, as <c>getopt_long(3)</c> knows it.</summary>
/// <param name="Name">Its long name.</param>
/// <param name="Argument">Whether it has an argument; null for one that may have.</param>
/// <param name="Letter">Its letter; a null character for none.</param>
internal sealed record LongOption(string Name, bool? Argument = false, char Letter = '\0');

/// <summary>A part of a command line: an option with its argument, a word that is none, or what is wrong.</summary>
/// <param name="Name">The option's long name; null for another part.</param>
/// <param name="Value">Its argument, or the word.</param>
/// <param name="Problem">What is wrong, in the C library's words; no part comes after it.</param>
internal readonly record struct CommandLinePart(string? Name, string? Value, string? Problem = null);
