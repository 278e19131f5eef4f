namespace UpcallActors.Unixctl;

/// <summary>The file that lines of the log go to: it can be let go and opened anew, as who moves log files away wants.</summary>
internal interface ILogFile
{
    /// <summary>Whether lines go there now.</summary>
    bool IsOpen { get; }

    /// <summary>
    /// What is logged from now on goes to the file of that name. Throws <see cref="IOException"/> when it cannot be opened.
    /// </summary>
    void Reopen();

    /// <summary>What is logged from now on goes nowhere, until it is opened anew.</summary>
    void Close();
}
