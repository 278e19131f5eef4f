namespace UpcallActors.Odp.Text;

/// <summary>Names of datapath ports, to print and to read them.</summary>
public interface IOdpPortNames
{
    /// <summary>The port's name, null when it is not known: the number is printed then.</summary>
    string? NameOf(uint port);

    /// <summary>The port with a name, null when there is none.</summary>
    uint? NumberOf(string name);
}
