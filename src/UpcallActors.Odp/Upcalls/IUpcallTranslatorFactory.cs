namespace UpcallActors.Odp;

/// <summary>Makes a translator for each lane; called again after a translator has failed.</summary>
public interface IUpcallTranslatorFactory
{
    /// <summary>Makes the translator of a lane.</summary>
    IUpcallTranslator Create(int handler);
}
