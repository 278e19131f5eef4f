namespace UpcallActors.Tests;

/// <summary>A command of a page of the documentation.</summary>
/// <param name="Page">The page.</param>
/// <param name="Before">What the page has told the shell before: variables, files.</param>
/// <param name="Line">The command, run as <c>upcall-actors</c> even where the page runs it from its source.</param>
internal sealed record DocumentedCommand(string Page, string Before, string Line);
