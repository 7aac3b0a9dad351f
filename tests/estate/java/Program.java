/** A client of the estate: works until it is told to stop, and says aloud what it really did. */
interface Program {
    void run(Context context) throws Exception;
}
